using System.Globalization;

namespace BackupMetricsJob.Targets;

/// <summary>
/// The value of each keyword and where it comes from, by libpq's precedence: the text, the service's section, the environment. Defaults are
/// left to those who know what they mean. Problems name the place: <c>sslmode</c>, <c>sslmode in service x</c> or <c>PGSSLMODE</c>.
/// </summary>
internal sealed class LibpqValues
{
    readonly Dictionary<string, (string Value, string Origin)> values = new(StringComparer.Ordinal);
    readonly ICollection<string> problems;

    LibpqValues(ICollection<string> problems) => this.problems = problems;

    internal string? this[string keyword] => values.TryGetValue(keyword, out var found) ? found.Value : null;

    internal static LibpqValues Merge(Dictionary<string, string> written, LibpqEnvironment environment, ICollection<string> problems)
    {
        var merged = new LibpqValues(problems);
        foreach (var (keyword, value) in written)
            merged.values.Add(keyword, (value, keyword));

        var service = written.GetValueOrDefault("service") ?? environment["PGSERVICE"];
        if (service is not null)
        {
            var file = written.GetValueOrDefault("servicefile") ?? environment["PGSERVICEFILE"];
            foreach (var (keyword, value) in ServiceFile.Find(service, file, environment, problems) ?? [])
                merged.values.TryAdd(keyword, (value, $"{keyword} in service \"{service}\""));
        }
        foreach (var (keyword, variable) in LibpqKeyword.All)
        {
            if (variable is not null && environment[variable] is { } value)
                merged.values.TryAdd(keyword, (value, variable));
        }
        if (environment["PGREQUIRESSL"] is ['1', ..])
            merged.values.TryAdd("sslmode", ("require", "PGREQUIRESSL"));
        return merged;
    }

    /// <summary>What the user calls the place the value comes from.</summary>
    internal string Origin(string keyword) => values.TryGetValue(keyword, out var found) ? found.Origin : keyword;

    internal void Refuse(string keyword, string why) => problems.Add($"{Origin(keyword)}: {why}");

    /// <summary>The index of the value among the words allowed. An empty value is none of them, as in libpq.</summary>
    internal int OneOf(string keyword, string[] words, int defaultIndex)
    {
        if (this[keyword] is not { } value)
            return defaultIndex;
        var index = words.IndexOf(value);
        if (index >= 0)
            return index;
        Refuse(keyword, $"\"{value}\" is none of {string.Join(", ", words!)}");
        return defaultIndex;
    }

    /// <summary>A whole number, or null where there is no value or a problem.</summary>
    internal int? Number(string keyword)
    {
        if (this[keyword] is not { Length: > 0 } value)
            return null;
        if (int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
            return number;
        Refuse(keyword, $"\"{value}\" is no whole number");
        return null;
    }
}
