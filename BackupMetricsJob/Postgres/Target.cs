namespace BackupMetricsJob.Postgres;

/// <summary>A database to probe. The name is the <c>instance</c> label; the timeout covers the whole probe.</summary>
internal sealed record Target(string Name, ConnectionSettings Connection, TimeSpan Timeout)
{
    public override string ToString() => $"{Name} ({Connection.Description})";
}
