using BackupMetricsJob.Files;
using BackupMetricsJob.Tests.Integration;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Files;

/// <summary>Why a file cannot be read is said without its name, which stands before it.</summary>
public sealed class UnreadableFileTests(SharedCatalogDatabase shared) : IClassFixture<SharedCatalogDatabase>
{
    [Theory]
    [InlineData("none", "does not exist")]
    [InlineData("none/file", "does not exist")]
    [InlineData(".", "cannot be read: it is a folder")]
    public void It_does_not_name_the_file_again(string name, string fault)
    {
        using var folder = new TempFolder();

        Assert.Equal(fault, FileContent.Read(folder.File(name), 100).Fault);
    }

    [Fact]
    public void What_the_user_may_not_read_is_told_as_that() =>
        Assert.Equal(
            "cannot be read: permission denied",
            UnreadableFile.Reason(new UnauthorizedAccessException("Access to the path '/nowhere/x' is denied."), "/nowhere/x")
        );

    [Theory]
    [InlineData("import wal-g /nowhere/list.json --server x", "import: /nowhere/list.json does not exist")]
    [InlineData("import archive /nowhere/list.json --server x", "import: /nowhere/list.json does not exist")]
    [InlineData("import wal-g /tmp --server x", "import: /tmp cannot be read: it is a folder")]
    public async Task An_import_names_its_file_once(string arguments, string message)
    {
        var result = await BackupMetrics.RunAsync([.. arguments.Split(' '), "--connection", shared.Database.Uri]);

        Assert.Equal(65, result.ExitCode);
        Assert.Contains($"backup-metrics: {message}\n", result.Error, StringComparison.Ordinal);
    }
}
