using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>Every row of the page's table of broken backups is held by a test that breaks one so.</summary>
public sealed class DrillPageTests
{
    [Fact]
    public void Each_broken_backup_of_the_page_is_broken_by_a_test()
    {
        var tests = string.Concat(Directory.GetFiles(Path.Combine(Repository.Tests, "Drill"), "*Tests.cs").Select(File.ReadAllText));

        Assert.InRange(DrillPage.Rows.Count, 10, 40);
        Assert.All(DrillPage.Rows.Keys, broken => Assert.Contains($"AssertRow(\"{broken}\", ", tests, StringComparison.Ordinal));
    }
}
