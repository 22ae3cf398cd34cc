namespace BackupMetricsJob.Exposition;

/// <summary>
/// The declaration of one metric family: its name, what it means, and the labels it has beside <c>instance</c> and the user's own.
/// </summary>
internal sealed record Metric(string Name, string Help, params string[] Labels)
{
    /// <summary>Whether it only ever grows, as long as the server's statistics are not reset.</summary>
    public bool IsCounter { get; init; }

    /// <summary>Whether it is about the run and not about a database: then it has no instance.</summary>
    public bool IsRunLevel { get; init; }
}
