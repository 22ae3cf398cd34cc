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

    readonly ICollection<Absence>? absences;

    LibpqValues(ICollection<string> problems, ICollection<Absence>? absences) => (this.problems, this.absences) = (problems, absences);

    internal string? this[string keyword] => values.TryGetValue(keyword, out var found) ? found.Value : null;

    /// <param name="written">What is said of this connection.</param>
    /// <param name="defaults">What is said of many, or null: it comes after the service that the connection itself names.</param>
    /// <param name="environment">What comes last.</param>
    /// <param name="problems">Gets what is wrong.</param>
    /// <param name="absences">Gets what is only absent; null where that is a problem, too.</param>
    internal static LibpqValues Merge(
        IReadOnlyDictionary<string, string> written, IReadOnlyDictionary<string, string>? defaults, LibpqEnvironment environment,
        ICollection<string> problems, ICollection<Absence>? absences)
    {
        var merged = new LibpqValues(problems, absences);
        merged.Add(written, "");
        var own = written.GetValueOrDefault("service");
        var file = written.GetValueOrDefault("servicefile") ?? defaults?.GetValueOrDefault("servicefile") ?? environment["PGSERVICEFILE"];
        if (own is not null)
            merged.AddService(own, file, environment);
        if (defaults is not null)
            merged.Add(defaults, " in defaults");
        if (own is null && (defaults?.GetValueOrDefault("service") ?? environment["PGSERVICE"]) is { } service)
            merged.AddService(service, file, environment);
        foreach (var (keyword, variable) in LibpqKeyword.All)
        {
            if (variable is not null && environment[variable] is { } value)
                merged.values.TryAdd(keyword, (value, variable));
        }
        if (environment["PGREQUIRESSL"] is ['1', ..])
            merged.values.TryAdd("sslmode", ("require", "PGREQUIRESSL"));
        return merged;
    }

    void Add(IReadOnlyDictionary<string, string> keywords, string origin)
    {
        foreach (var (keyword, value) in keywords)
            values.TryAdd(keyword, (value, keyword + origin));
    }

    void AddService(string service, string? file, LibpqEnvironment environment)
    {
        var said = new List<string>();
        Add(ServiceFile.Find(service, file, environment, said) ?? [], $" in service \"{service}\"");
        foreach (var problem in said)
            Lack(problem, isSecret: false);
    }

    void Lack(string message, bool isSecret)
    {
        if (absences is null)
            problems.Add(message);
        else
            absences.Add(new(message, isSecret));
    }

    /// <summary>What the user calls the place the value comes from.</summary>
    internal string Origin(string keyword) => values.TryGetValue(keyword, out var found) ? found.Origin : keyword;

    internal void Refuse(string keyword, string why) => problems.Add($"{Origin(keyword)}: {why}");

    /// <summary>A file of a secret is not there, or not as it must be.</summary>
    internal void Lacks(string keyword, string why) => Lack($"{Origin(keyword)}: {why}", isSecret: true);

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
