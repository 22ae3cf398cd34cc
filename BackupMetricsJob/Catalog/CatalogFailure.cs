namespace BackupMetricsJob.Catalog;

/// <summary>The cause of a failure, which tells who has to act.</summary>
internal enum CatalogFailureCause
{
    /// <summary>The input is not as expected.</summary>
    Input,

    /// <summary>The catalogue's database did not answer, refused a query, or is not a catalogue.</summary>
    Database,

    /// <summary>The command was asked to end.</summary>
    Stopped,
}

/// <summary>Why something was not done, for a person, without secrets. Uncommitted changes are lost.</summary>
internal sealed record CatalogFailure(CatalogFailureCause Cause, string Message)
{
    /// <summary>The database was reached, but has no catalogue.</summary>
    public bool IsNoCatalogue { get; init; }

    /// <summary>The role lacks a privilege.</summary>
    public bool IsPrivilege { get; init; }

    /// <summary>One sentence on where the failure was recorded, and until when; null if it was not recorded.</summary>
    public string? Recorded { get; init; }

    /// <summary>Nothing was read or written: there is no catalogue, or the role may not use it.</summary>
    public bool IsUnusable => IsNoCatalogue || IsPrivilege;

    public static CatalogFailure Input(string message) => new(CatalogFailureCause.Input, message);

    public static CatalogFailure Database(string message) => new(CatalogFailureCause.Database, message);
}
