namespace Prometheus.Internal;

/// <summary>Two arrays are equal when they hold the same strings (ordinal) in the same order. No element is null.</summary>
internal sealed class StringArrayComparer : IEqualityComparer<string[]>
{
    public static readonly StringArrayComparer Ordinal = new();

    public bool Equals(string[]? x, string[]? y)
    {
        if (x is null || y is null || x.Length != y.Length)
            return ReferenceEquals(x, y);

        for (var i = 0; i < x.Length; i++)
        {
            if (!string.Equals(x[i], y[i], StringComparison.Ordinal))
                return false;
        }

        return true;
    }

    public int GetHashCode(string[] obj)
    {
        var hash = obj.Length;
        foreach (var text in obj)
            hash = unchecked((hash * 397) ^ text.GetHashCode(StringComparison.Ordinal));

        return hash;
    }
}
