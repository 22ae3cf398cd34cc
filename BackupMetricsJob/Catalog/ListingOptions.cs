namespace BackupMetricsJob.Catalog;

/// <summary>What the reader of a tool's output needs to know in addition to the output.</summary>
/// <param name="Server">The server, if the output does not name it, or if its single server should have another name.</param>
/// <param name="Zone">The time zone of the tool's host, for times without a zone.</param>
/// <param name="Now">The job's clock. A backup that finished more than five minutes later is rejected.</param>
internal sealed record ListingOptions(string? Server, TimeZoneInfo Zone, DateTimeOffset Now)
{
    /// <summary>Whether the user named the zone. Then no evidence in the output overrides it.</summary>
    public bool ZoneIsGiven { get; init; }

    /// <summary>Whether a list without any server means that the named server has no backup.</summary>
    public bool AllowsEmpty { get; init; }
}
