using System.Globalization;

namespace BackupMetricsJob.Benchmarks.SideBySide;

/// <summary>
/// What ./bench started and built: a folder with the programs in it, PostgreSQL at a port of 127.0.0.1, and a Pushgateway of its own.
/// </summary>
internal sealed record Servers(string Folder, string Port, Uri Gateway, string GatewayProcess)
{
    public string Connection => $"postgresql://monitor:bench@127.0.0.1:{Port}/postgres?sslmode=disable";

    /// <summary>Where the SQL is that every program sends.</summary>
    public string Sql => Built("sql");

    public string Built(string name) => Path.Combine(Folder, name);

    /// <summary>
    /// The CPU that the gateway's threads have used so far, in nanoseconds. A thread that ended would be missing; Go's do not.
    /// </summary>
    public long GatewayCpu()
    {
        var sum = 0L;
        foreach (var thread in Directory.GetDirectories($"/proc/{GatewayProcess}/task"))
            sum += long.Parse(File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);
        return sum;
    }
}
