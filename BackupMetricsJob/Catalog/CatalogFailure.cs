namespace BackupMetricsJob.Catalog;

/// <summary>Who has to do something about it.</summary>
internal enum CatalogFailureCause
{
    /// <summary>The input is not what it should be.</summary>
    Input,

    /// <summary>The catalogue's database did not answer, or refused, or is not a catalogue.</summary>
    Database,

    /// <summary>The command was asked to end.</summary>
    Stopped,
}

/// <summary>Why something was not done, in words for a person; never a secret in it. What was not committed is not there.</summary>
internal sealed record CatalogFailure(CatalogFailureCause Cause, string Message)
{
    /// <summary>The database was reached, and has no catalogue.</summary>
    public bool IsNoCatalogue { get; init; }

    /// <summary>The role lacks a right.</summary>
    public bool IsPrivilege { get; init; }

    /// <summary>Where it was recorded, and until when, in a sentence of its own; null where it was not.</summary>
    public string? Recorded { get; init; }

    /// <summary>Nothing was read or written: there is no catalogue, or not for this role.</summary>
    public bool IsUnusable => IsNoCatalogue || IsPrivilege;

    public static CatalogFailure Input(string message) => new(CatalogFailureCause.Input, message);

    public static CatalogFailure Database(string message) => new(CatalogFailureCause.Database, message);
}
