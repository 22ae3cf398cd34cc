namespace BackupMetricsJob.Exposition;

/// <summary>Declares a metric family: its name, help text, and labels besides <c>instance</c> and the user's own.</summary>
internal sealed record Metric(string Name, string Help, params string[] Labels)
{
    /// <summary>Whether it is a counter: it only decreases when the server's statistics are reset.</summary>
    public bool IsCounter { get; init; }

    /// <summary>Whether it describes the run and not a database. Then it has no instance.</summary>
    public bool IsRunLevel { get; init; }
}
