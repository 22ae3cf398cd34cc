namespace BackupMetricsJob.Backups;

/// <summary>The parts of the source "server" that the user opted out of. They are neither evaluated nor reported as missing.</summary>
[Flags]
internal enum Omissions
{
    None = 0,

    /// <summary>
    /// The directories of pg_wal and the WAL receivers. Without these there is no ready queue, WAL lag, base backup or recovery point.
    /// </summary>
    Wal = 1,

    /// <summary>The label of the last base backup: its tool and its duration.</summary>
    Label = 2,
}

/// <summary>The settings of a target's sources, apart from their names.</summary>
/// <param name="Servers">The servers of the catalogue to read.</param>
/// <param name="Query">The text of the source "query"; null if it is not used.</param>
internal sealed record SourceSettings(ServerPatterns Servers, string? Query)
{
    /// <summary>Every server of a catalogue, and no query.</summary>
    public static SourceSettings Default { get; } = new(ServerPatterns.All, null);

    /// <summary>
    /// The slots or application names of WAL receivers that store what they stream, although they report a replay position.
    /// </summary>
    public IReadOnlyList<string> Receivers { get; init; } = [];

    public Omissions Omissions { get; init; }
}

/// <summary>The spelling of <see cref="Omissions"/> in flags and files.</summary>
internal static class OmissionNames
{
    public static IReadOnlyList<string> All { get; } = ["wal", "label"];

    /// <summary>Null if no omission has this name.</summary>
    public static Omissions? Parse(string name) =>
        name switch
        {
            "wal" => Omissions.Wal,
            "label" => Omissions.Label,
            _ => null,
        };
}
