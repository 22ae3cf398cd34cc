namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// The delta backups of a list. They are named base_SEGMENT_D_PARENT, where PARENT is only the segment in the parent's name
/// (backup_push_handler.go, StripWalFileName). The parent is the delta of that segment in the same storage, or else the full backup
/// base_PARENT, listed or not. A delta that starts in the same segment as its parent is not its own parent.
/// </summary>
internal sealed class WalGDeltas
{
    const string Prefix = "base_";
    const string Mark = "_D_";

    readonly Dictionary<(string Storage, string Segment), string> _names = [];

    public static bool IsDelta(string name) => name.Contains(Mark, StringComparison.Ordinal);

    public void Add(string storage, string name)
    {
        var mark = name.IndexOf(Mark, StringComparison.Ordinal);
        if (mark > Prefix.Length && name.StartsWith(Prefix, StringComparison.Ordinal))
            _names[(storage, name[Prefix.Length..mark])] = name;
    }

    /// <summary>The full name of the parent; null for a full backup.</summary>
    public string? Parent(string storage, string name)
    {
        if (!IsDelta(name))
            return null;
        var parent = name[(name.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..];
        return _names.GetValueOrDefault((storage, parent)) is { } delta && delta != name ? delta : Prefix + parent;
    }
}
