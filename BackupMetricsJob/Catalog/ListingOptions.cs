namespace BackupMetricsJob.Catalog;

/// <summary>What a reader of a tool's output must be told beside the output itself.</summary>
/// <param name="Server">Whose backups they are, where the output does not say, or names one server that shall be called otherwise.</param>
/// <param name="Zone">The time zone of the host that the tool ran on, for times that have none.</param>
/// <param name="Now">The job's clock; a backup that finished more than five minutes later is not believed.</param>
internal sealed record ListingOptions(string? Server, TimeZoneInfo Zone, DateTimeOffset Now)
{
    /// <summary>Whether the user named the zone: then nothing that the output shows is a better proof.</summary>
    public bool ZoneIsGiven { get; init; }

    /// <summary>Whether a list without any server says of the one that was named that it has no backup.</summary>
    public bool AllowsEmpty { get; init; }
}
