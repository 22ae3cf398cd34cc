using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;
using BackupMetricsJob.Schedule.State;
using BackupMetricsJob.Tests.Exposition;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>Daemons at noon, as shown by the page: with few and many databases, healthy and with problems.</summary>
internal static class Samples
{
    static readonly string[] Kinds = ["orders", "stock", "billing", "catalogue", "sessions"];
    static readonly string[] Regions = ["eu", "us", "ap"];

    /// <summary>No run has ended.</summary>
    public static ScheduleSnapshot Fresh { get; } =
        new()
        {
            Node = "backup1",
            ProcessStarted = Noon.AddDays(-9),
            Build = new("0.1.0", "0123abcd"),
            Group = "{job=\"backup_metrics\"}",
            Cron = "*/5 * * * *",
            Interval = TimeSpan.FromMinutes(5),
            NextSlot = Noon.AddMinutes(3),
        };

    public static ScheduleSnapshot Of(params ProbeResult[] results) =>
        Fresh with
        {
            Last = new(
                Noon.AddMinutes(-2),
                false,
                Noon.AddMinutes(-2),
                Noon.AddSeconds(-117),
                new(results, TimeSpan.FromSeconds(3)) { Pushes = [Pushed(PushResult.Stored)] },
                ExitCode.Success
            ),
            History =
            [
                .. Enumerable
                    .Range(0, 50)
                    .Select(i => new RunRecord(
                        Noon.AddMinutes(-2 - (5 * (49 - i))),
                        i == 20,
                        Noon.AddMinutes(-2 - (5 * (49 - i))),
                        TimeSpan.FromSeconds(2 + (i * 7 % 5)),
                        i switch
                        {
                            19 => ExitCode.PushNotDelivered,
                            33 or 34 => ExitCode.TargetFailed,
                            _ => ExitCode.Success,
                        },
                        results.Length,
                        i is 33 or 34 ? 1 : 0
                    )),
            ],
            LastSuccess = Noon.AddSeconds(-117),
            LastClusterSuccess = Noon.AddSeconds(-117),
        };

    /// <summary>About one in eight has a problem, each kind at least once.</summary>
    public static ScheduleSnapshot Many(int count) => Of([.. Enumerable.Range(0, count).Select(One)]);

    public static ProbeResult Named(string name, params (string Name, string Value)[] labels) =>
        Result with
        {
            Instance = Orders with { Name = name, Labels = [.. labels.Select(label => new InstanceLabel(label.Name, label.Value))] },
        };

    public static GatewayReport Pushed(PushResult result) =>
        new(
            new(result, "http://pushgateway.example:9091")
            {
                Status = result == PushResult.Stored ? 200 : null,
                Message = result == PushResult.Stored ? "" : "Connection refused (pushgateway.example:9091)",
                Attempts = 1,
                ClockSkew = TimeSpan.Zero,
            },
            null
        );

    // All that a catalogue can tell: two storages, an old backup, an archive that was listed, a restore.
    static ProbeResult Drilled(ProbeResult well, TimeSpan shortfall) =>
        well with
        {
            Instance = well.Instance with
            {
                Copies = 2,
                Window = [new(Severity.Critical, TimeSpan.FromDays(28))],
                Sources = [SourceName.Server, SourceName.Catalog],
            },
            SourcesThatAnswered = [SourceName.Server, SourceName.Catalog],
            Backups =
            [
                Backup with
                {
                    Source = SourceName.Catalog,
                    Tool = "pgbackrest",
                    Type = BackupType.Full,
                    Oldest = Noon.AddDays(-28),
                    Counts = new(5, 0, 0),
                },
                new(SourceName.Catalog, "pgbackrest", BackupType.RestoreTest)
                {
                    LastSuccess = Noon.AddDays(-3),
                    Age = TimeSpan.FromDays(3),
                    LastTest = new(true, Noon.AddDays(-3))
                    {
                        Durations = [new("fetch", TimeSpan.FromMinutes(3)), new("replay", TimeSpan.FromMinutes(1))],
                        Shortfall = shortfall,
                    },
                },
            ],
            Storages = [In("repo1", 3), In("repo2", 4)],
            Archive = Listed((5, 9)),
        };

    static ArchiveEvidence Hole { get; } = Listed((5, 5), (7, 9));

    static ArchiveEvidence Listed(params (long First, long Last)[] segments) =>
        new(
            [
                new("repo1")
                {
                    ListedAt = Noon.AddHours(-1),
                    Segments = [.. segments.Select(range => new WalRange(1, range.First, range.Last, Noon.AddHours(-1)))],
                },
            ],
            [
                new(SourceName.Catalog, "pgbackrest", BackupType.Full, Noon.AddHours(-3))
                {
                    StartSegment = SegmentName.Format(1, 5),
                    StopSegment = SegmentName.Format(1, 5),
                },
            ]
        );

    static StorageFacts In(string name, int hours) =>
        new(SourceName.Catalog, "pgbackrest", name)
        {
            Newest = [new(BackupType.Full, Noon.AddHours(-hours), TimeSpan.FromHours(hours))],
            OldestFull = Noon.AddDays(-28),
        };

    static ProbeResult One(int index)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Kinds[index % 5]}-{Regions[index % 3]}-{index:000}");
        var well = Named(name, ("env", index % 4 == 0 ? "test" : "prod"), ("team", index % 2 == 0 ? "payments" : "platform"));
        return (index % 40) switch
        {
            3 => well with
            {
                Server = Server with
                {
                    Archiver = Server.Archiver with { LastArchived = Noon.AddHours(-30), LastFailed = Noon.AddSeconds(-20) },
                    Wal = Wal with
                    {
                        ReadySegments = 120,
                        OldestReady = Noon.AddHours(-30),
                        NewestDone = Noon.AddHours(-30),
                        UnarchivedBytes = 2_000_000_000,
                    },
                },
                Backups = [Backup with { Tool = "pgbackrest", LastSuccess = Noon.AddHours(-60), Age = TimeSpan.FromHours(60) }],
            },
            11 => well with
            {
                Server = null,
                SourcesThatAnswered = [],
                Backups = [],
                Failure = new(FailureReason.Refused, "Failed to connect to 10.0.0.9:5432: Connection refused"),
            },
            17 => FoundInstancesTests.Stock with { Instance = well.Instance with { Sources = [SourceName.Catalog] } },
            22 => well with { Backups = [Backup with { LastSuccess = Noon.AddHours(-31), Age = TimeSpan.FromHours(31) }] },
            29 => well with
            {
                Failure = new(FailureReason.Privilege, "role monitor is not a member of pg_monitor"),
                Server = Server with { Wal = null, HistoryWasRead = false },
                Backups = [],
                MissingPrivileges = [new("may not read pg_wal", "GRANT pg_monitor TO monitor;")],
            },
            8 => well with { Server = Server with { InRecovery = true }, Backups = [] },
            5 => Drilled(well, TimeSpan.Zero),
            13 => Drilled(well, TimeSpan.FromMinutes(44)) with { Archive = Hole },
            26 => well with { Instance = well.Instance with { Limits = [] }, Server = null, Backups = [] },
            _ => well with
            {
                Backups =
                [
                    Backup with
                    {
                        Tool = index % 2 == 0 ? "pgbackrest" : "wal-g",
                        LastSuccess = Noon.AddHours(-(index * 7 % 25)),
                        Age = TimeSpan.FromHours(index * 7 % 25),
                    },
                ],
            },
        };
    }
}
