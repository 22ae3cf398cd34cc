using System.Globalization;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// The names of a list's delta backups, in 56 bytes or so each: base_SEGMENT_D_PARENT, where PARENT is but the segment in its parent's name
/// (backup_push_handler.go, StripWalFileName). The parent is that delta of the same storage whose own segment it is; else the full backup base_PARENT, whether or not it is listed.
/// </summary>
internal sealed class WalGDeltas
{
    const string Prefix = "base_";
    const string Mark = "_D_";

    readonly Dictionary<(Segment Own, int Storage), Segment> parents = [];
    readonly List<string> storages = [];

    public static bool IsDelta(string name) => name.Contains(Mark, StringComparison.Ordinal);

    public void Add(string storage, string name)
    {
        if (Parts(name) is { } parts)
            parents[(parts.Own, Number(storage))] = parts.Parent;
    }

    /// <summary>The full name of the parent; null for a full backup.</summary>
    public string? Parent(string storage, string name)
    {
        var mark = name.IndexOf(Mark, StringComparison.Ordinal);
        if (mark < 0)
            return null;
        var prefix = Prefix + name[(mark + Mark.Length)..];
        return Parts(name) is { } parts && parents.TryGetValue((parts.Parent, Number(storage)), out var grandparent)
            ? $"{prefix}{Mark}{grandparent}"
            : prefix;
    }

    static (Segment Own, Segment Parent)? Parts(string name) =>
        name.Length == Prefix.Length + 24 + Mark.Length + 24
        && name.StartsWith(Prefix, StringComparison.Ordinal)
        && name.AsSpan(Prefix.Length + 24).StartsWith(Mark)
        && Segment.TryParse(name.AsSpan(Prefix.Length, 24), out var own)
        && Segment.TryParse(name.AsSpan(name.Length - 24), out var parent)
            ? (own, parent)
            : null;

    int Number(string storage)
    {
        if (storages.IndexOf(storage) is var known and >= 0)
            return known;
        storages.Add(storage);
        return storages.Count - 1;
    }

    readonly record struct Segment(uint Timeline, ulong Place)
    {
        public static bool TryParse(ReadOnlySpan<char> name, out Segment segment)
        {
            segment = default;
            if (!WalSegment.IsName(name))
                return false;
            segment = new Segment(
                uint.Parse(name[..8], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                ulong.Parse(name[8..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            return true;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Timeline:X8}{Place:X16}");
    }
}
