using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Integration;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Exposition;

/// <summary>The exact published text for servers found through a catalogue or a query.</summary>
public sealed class FoundInstancesTests
{
    internal static readonly BackupFacts Full = new(SourceName.Catalog, "pghoard", BackupType.Full)
    {
        LastSuccess = Noon.AddHours(-3),
        Age = TimeSpan.FromHours(3),
        LastDuration = TimeSpan.FromMinutes(30),
        LastSize = 50_000_000_000,
        LastStored = 9_000_000_000,
        LastHasErrors = true,
        SizeRatio = 0.25,
        Oldest = Noon.AddDays(-14),
        LastFailure = Noon.AddHours(-1),
        Counts = new(7, 2, 1),
        Running = new(Noon.AddHours(-2), TimeSpan.FromHours(1)),
    };

    internal static readonly ProbeResult Stock = new(new("stock", [new("env", "prod")], AgeLimit.Defaults, [SourceName.Catalog]))
    {
        IsTarget = false,
        At = Noon,
        Duration = TimeSpan.Zero,
        Backups =
        [
            Full,
            Full with
            {
                Type = BackupType.Incr,
                LastSuccess = null,
                Age = null,
                LastDuration = null,
                LastSize = null,
                LastStored = null,
                LastHasErrors = null,
                SizeRatio = null,
                Oldest = null,
                Running = null,
                Counts = new(1, 0, 0),
                BrokenChains = 1,
            },
            new(SourceName.Catalog, "pghoard", BackupType.Wal)
            {
                LastSuccess = Noon.AddMinutes(-5),
                Age = TimeSpan.FromMinutes(5),
                Counts = new(900, 3, 0),
            },
            new(SourceName.Catalog, "pghoard", BackupType.RestoreTest)
            {
                LastSuccess = Noon.AddDays(-3),
                Age = TimeSpan.FromDays(3),
                LastFailure = Noon.AddDays(-4),
                Counts = new(5, 1, 0),
            },
        ],
        SourcesThatAnswered = [SourceName.Catalog],
    };

    internal static readonly ProbeResult Unbelieved = Stock with
    {
        Instance = Stock.Instance with { Name = "quo\"te\nline\\" },
        Backups = [],
        SourcesThatAnswered = [],
        SourceFailures =
        [
            new(
                SourceName.Catalog,
                new(FailureReason.BadData, "source catalog: the import from wal-g failed") { Advice = "Run it by hand." }
            ),
        ],
    };

    [Fact]
    public void A_server_of_a_catalogue_and_one_that_is_not_believed() =>
        Snapshot.Matches("exposition-found.txt", Published.Text(Stock, Unbelieved));

    [Fact]
    public async Task Promtool_and_a_gateway_accept_it_with_its_odd_names()
    {
        var text = Published.Text(Result, Stock, Unbelieved);

        var (_, complaints) = await Promtool.CheckMetricsAsync(text);

        Assert.All(complaints, line => Assert.StartsWith("pghoard_last_upload_age", line, StringComparison.Ordinal));
    }

    [Fact]
    public void The_oldest_is_one_series_a_tool_whatever_the_types()
    {
        var text = Published.Text(
            Stock with
            {
                Backups =
                [
                    Full with
                    {
                        Type = BackupType.Base,
                        Oldest = Noon.AddDays(-2),
                    },
                    Full,
                    Full with
                    {
                        Source = SourceName.Query,
                    },
                    Full with
                    {
                        Type = BackupType.Incr,
                    },
                ],
            }
        );

        var oldest = text.Split('\n').Where(line => line.StartsWith("postgres_backup_oldest_timestamp_seconds{", StringComparison.Ordinal));
        Assert.Equal(
            [
                "postgres_backup_oldest_timestamp_seconds{instance=\"stock\",source=\"catalog\",tool=\"pghoard\",env=\"prod\"} 1794139200",
                "postgres_backup_oldest_timestamp_seconds{instance=\"stock\",source=\"query\",tool=\"pghoard\",env=\"prod\"} 1794139200",
            ],
            oldest
        );
    }

    [Fact]
    public void The_older_names_are_of_the_newest_upload_that_any_source_knows()
    {
        var walg = Full with { Tool = "wal-g" };
        var text = Published.Text(
            Stock with
            {
                Backups =
                [
                    walg,
                    walg with
                    {
                        Source = SourceName.Query,
                        LastSuccess = Noon.AddHours(-2),
                        Age = TimeSpan.FromHours(2),
                    },
                    walg with
                    {
                        Type = BackupType.Incr,
                        LastSuccess = Noon.AddHours(-9),
                        Age = TimeSpan.FromHours(9),
                    },
                    walg with
                    {
                        Type = BackupType.Wal,
                        LastSuccess = Noon.AddMinutes(-1),
                        Age = TimeSpan.FromMinutes(1),
                    },
                ],
            }
        );

        Assert.Equal(
            [
                "walg_last_upload{instance=\"stock\",type=\"basebackup\",env=\"prod\"} 1795341600",
                "walg_last_upload{instance=\"stock\",type=\"xlog\",env=\"prod\"} 1795348740",
            ],
            text.Split('\n').Where(line => line.StartsWith("walg_last_upload{", StringComparison.Ordinal))
        );
    }
}
