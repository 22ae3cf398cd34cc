using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Running;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>Probes a real server in this process, and reads beside it, by other means, what the probe should say.</summary>
internal static class Probe
{
    public static Task<ProbeResult> OfAsync(PostgresServer server, string? user = null, TimeSpan? timeout = null) =>
        OfAsync(server.ConnectionUri(user), timeout);

    /// <summary>The server by these sources alone.</summary>
    public static Task<ProbeResult> OfAsync(
        PostgresServer server,
        string[] sources,
        SourceSettings? settings = null,
        string? user = null
    ) => OfAsync(server.ConnectionUri(user), instance: Instance with { Sources = sources }, sources: settings);

    /// <summary>The database by these sources alone.</summary>
    public static Task<ProbeResult> OfAsync(
        PostgresDatabase database,
        string[] sources,
        SourceSettings? settings = null,
        string? user = null
    ) => OfAsync(database.ConnectionUri(user), instance: Instance with { Sources = sources }, sources: settings);

    public static async Task<ProbeResult> OfAsync(
        string connection,
        TimeSpan? timeout = null,
        Instance? instance = null,
        SourceSettings? sources = null,
        CancellationToken stop = default
    )
    {
        var problems = new List<string>();
        Assert.True(
            ConnectionText.TryParse(connection, new LibpqEnvironment(new Dictionary<string, string>()), problems, out var settings),
            string.Join('\n', problems)
        );
        var time = timeout ?? TimeSpan.FromSeconds(20);
        MonitoredTarget[] targets = [new(new("it", settings, time), instance ?? Instance, sources ?? SourceSettings.Default)];
        return (await new ConcurrentProbes(targets, 1, new RunClock(TimeProvider.System), TimeSpan.FromMinutes(5), stop).ProbeAsync())[0];
    }

    public static Instance Instance { get; } = new("it", [], AgeLimit.Defaults, [SourceName.Server]);

    /// <summary>The files of pg_wal itself.</summary>
    public static IReadOnlyList<FileInfo> WalFiles(PostgresServer server) =>
        new DirectoryInfo(Path.Combine(server.DataDirectory, "pg_wal")).GetFiles();

    /// <summary>The files of pg_wal/archive_status that end so, oldest name first.</summary>
    public static IReadOnlyList<FileInfo> Status(PostgresServer server, string ending) =>
        [
            .. new DirectoryInfo(Path.Combine(server.DataDirectory, "pg_wal", "archive_status"))
                .GetFiles("*" + ending)
                .OrderBy(file => file.Name, StringComparer.Ordinal),
        ];

    public static IReadOnlyList<FileInfo> ReadySegments(PostgresServer server) =>
        [.. Status(server, ".ready").Where(file => file.Name.Length == 24 + 6)];

    public static DateTimeOffset Time(FileInfo file) => new(file.LastWriteTimeUtc);

    /// <summary>The position in the WAL stream where a segment begins, from its name alone.</summary>
    public static long StartOf(string segment, int megabytes)
    {
        var log = long.Parse(segment.AsSpan(8, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var number = long.Parse(segment.AsSpan(16, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (log << 32) + (number * megabytes * 1024 * 1024);
    }

    public static Task<long> LsnAsync(PostgresServer server) => server.ScalarAsync<long>("SELECT (pg_current_wal_lsn() - '0/0')::bigint");

    /// <summary>The server's clock.</summary>
    public static async Task<DateTimeOffset> NowAsync(PostgresServer server) =>
        new(await server.ScalarAsync<DateTime>("SELECT clock_timestamp()"));
}
