using System.Diagnostics;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Configuration;

public sealed class BoundedFileTests
{
    [Fact]
    public void A_pipe_that_nobody_writes_to_is_an_error_and_not_the_end()
    {
        using var folder = new TempFolder();
        using (var made = Process.Start("mkfifo", folder.File("pipe"))) made.WaitForExit();

        var failure = Assert.Throws<IOException>(() => BoundedFile.Read(folder.File("pipe"), 100));

        Assert.StartsWith("no answer within 3 s", failure.Message, StringComparison.Ordinal);
        Assert.Equal([.. "after it"u8], BoundedFile.Read(folder.Write("file", "after it"), 100));
    }
}
