namespace BackupMetricsJob.Postgres;

/// <summary>One database to probe. The name is the <c>instance</c> label; the timeout is for the whole probe.</summary>
internal sealed record Target(string Name, ConnectionSettings Connection, TimeSpan Timeout)
{
    public override string ToString() => $"{Name} ({Connection.Description})";
}
