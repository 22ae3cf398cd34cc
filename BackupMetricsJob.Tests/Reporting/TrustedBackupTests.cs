using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;
using BackupMetricsJob.Tests.Integration;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Reporting;

/// <summary>
/// A base backup that only the server saw stopped is none where a tool may know better, so nothing that names the newest backup names it.
/// </summary>
public sealed class TrustedBackupTests
{
    static readonly ProbeResult Empty = Result with
    {
        Instance = Orders with { Sources = [SourceName.Server, SourceName.Catalog] },
        Backups = [Backup with { Tool = "wal-g" }],
        SourcesThatAnswered = [SourceName.Server, SourceName.Catalog],
    };

    static readonly ProbeResult Older = Empty with
    {
        Backups =
        [
            .. Empty.Backups,
            new(SourceName.Catalog, "wal-g", BackupType.Full) { LastSuccess = Noon.AddHours(-60), Age = TimeSpan.FromHours(60) },
        ],
    };

    [Fact]
    public void The_line_of_a_run_names_the_one_that_the_tool_has()
    {
        Assert.StartsWith("full backup 60 h old (wal-g), ", StateText.Describe(Older), StringComparison.Ordinal);
        Assert.StartsWith("a base backup is known to the server alone, ", StateText.Describe(Empty), StringComparison.Ordinal);
        Assert.StartsWith("base backup 3 h old (pg_basebackup), ", StateText.Describe(Result), StringComparison.Ordinal);
    }

    [Fact]
    public void So_does_the_value_of_a_plugin()
    {
        Assert.Contains(" | backup_age=216000s;", Plugin(Older), StringComparison.Ordinal);
        Assert.Contains(" | backup_age=U;", Plugin(Empty), StringComparison.Ordinal);
    }

    [Fact]
    public void Show_says_that_it_does_not_count()
    {
        Assert.Contains("backup         3 h old (not counted: only the server reports it), wal-g", Show(Older), StringComparison.Ordinal);
        Assert.Contains("full backup         60 h old (limit 26 h), wal-g", Show(Older), StringComparison.Ordinal);
        Assert.Contains("base backup         3 h old (limit 26 h), pg_basebackup", Show(Result), StringComparison.Ordinal);
    }

    [Fact]
    public void The_older_names_have_the_time_of_the_tool()
    {
        Assert.Contains($"{Uploaded}{Noon.AddHours(-60).ToUnixTimeSeconds()}\n", Published.Text([Older]), StringComparison.Ordinal);
        Assert.DoesNotContain(Uploaded, Published.Text([Empty]), StringComparison.Ordinal);
    }

    const string Uploaded = "walg_last_upload{instance=\"orders\",type=\"basebackup\",team=\"payments\"} ";

    static string Plugin(ProbeResult result)
    {
        using var line = new StringWriter();
        NagiosOutput.Write(new RunReport([result], TimeSpan.Zero), null, [], line);
        return line.ToString();
    }

    static string Show(ProbeResult result)
    {
        using var table = new StringWriter();
        ShowText.Write([result], table);
        return table.ToString();
    }
}
