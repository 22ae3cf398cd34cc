namespace BackupMetricsJob.Backups;

/// <summary>
/// What of the source server the user does without. Nothing is claimed about it, and it is not reported as missing.
/// </summary>
[Flags]
internal enum Omissions
{
    None = 0,

    /// <summary>The directories of pg_wal and the WAL receivers: no ready queue, WAL lag, base backup and recovery point.</summary>
    Wal = 1,

    /// <summary>The label of the last base backup: its tool and its duration.</summary>
    Label = 2,
}

/// <summary>What a target's sources are asked, apart from their names.</summary>
/// <param name="Servers">Which servers of a catalogue.</param>
/// <param name="Query">The text of the source query; null where it is no source.</param>
internal sealed record SourceSettings(ServerPatterns Servers, string? Query)
{
    /// <summary>Every server of a catalogue, and no query.</summary>
    public static SourceSettings Default { get; } = new(ServerPatterns.All, null);

    /// <summary>Slots or application names of WAL receivers that keep what they stream, although they report an apply position.</summary>
    public IReadOnlyList<string> Receivers { get; init; } = [];

    public Omissions Omissions { get; init; }
}

/// <summary>The spelling of <see cref="Omissions"/> in flags and files.</summary>
internal static class OmissionNames
{
    public static IReadOnlyList<string> All { get; } = ["wal", "label"];

    /// <summary>Null where there is none of this name.</summary>
    public static Omissions? Parse(string name) =>
        name switch
        {
            "wal" => Omissions.Wal,
            "label" => Omissions.Label,
            _ => null,
        };
}
