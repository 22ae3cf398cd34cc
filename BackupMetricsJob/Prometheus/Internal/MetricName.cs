namespace Prometheus.Internal;

/// <summary>
/// The grammar of names: a letter or underscore, then letters, digits and underscores, all of them ASCII. A colon is for recording rules,
/// so no metric has it; labels that begin with two underscores are Prometheus' own.
/// </summary>
internal static class MetricName
{
    public static bool IsValid(string name)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
            return false;

        foreach (var character in name)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character != '_')
                return false;
        }

        return true;
    }

    public static bool IsValidLabel(string name) => IsValid(name) && !name.StartsWith("__", StringComparison.Ordinal);

    public static void RequireLabel(string name)
    {
        if (!IsValidLabel(name))
        {
            throw new ArgumentException(
                $"'{name}' is not a label name: letters, digits and underscores, not a digit first, nor two underscores.", nameof(name));
        }
    }
}
