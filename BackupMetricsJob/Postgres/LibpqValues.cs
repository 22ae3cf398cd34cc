using System.Collections.ObjectModel;
using System.Globalization;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// The value of each keyword and where it comes from, by libpq's precedence: the text, the service's section, the environment. Defaults are
/// left to those who know what they mean. Problems name the place: <c>sslmode</c>, <c>sslmode in service x</c> or <c>PGSSLMODE</c>.
/// </summary>
internal sealed class LibpqValues(ICollection<string> problems, ICollection<MissingFile>? absences)
{
    readonly Dictionary<string, (string Value, string Origin)> _values = new(StringComparer.Ordinal);
    readonly int _before = problems.Count;

    /// <summary>Whether nothing was refused so far.</summary>
    internal bool IsValid => problems.Count == _before;

    internal string? this[string keyword] => _values.TryGetValue(keyword, out var found) ? found.Value : null;

    /// <param name="written">What is said of this connection.</param>
    /// <param name="defaults">What is said of many, or null: it comes after the service that the connection itself names.</param>
    /// <param name="environment">What comes last.</param>
    /// <param name="problems">Gets what is wrong.</param>
    /// <param name="absences">Gets what is only absent; null where that is a problem, too.</param>
    internal static LibpqValues Merge(
        IReadOnlyDictionary<string, string> written,
        IReadOnlyDictionary<string, string>? defaults,
        LibpqEnvironment environment,
        ICollection<string> problems,
        ICollection<MissingFile>? absences
    )
    {
        var merged = new LibpqValues(problems, absences);
        merged.Add(written, "");
        merged.Add("servicefile", defaults?.GetValueOrDefault("servicefile"), "servicefile in defaults");
        merged.Add("servicefile", environment["PGSERVICEFILE"], "PGSERVICEFILE");
        var own = merged["service"];
        if (own is not null)
            merged.AddService(own, environment);
        merged.Add(defaults ?? ReadOnlyDictionary<string, string>.Empty, " in defaults");
        merged.Add("service", environment["PGSERVICE"], "PGSERVICE");
        if (own is null && merged["service"] is { } service)
            merged.AddService(service, environment);
        foreach (var (keyword, variable) in LibpqKeyword.All)
            merged.Add(keyword, variable is null ? null : environment[variable], variable ?? keyword);
        merged.Add("sslmode", environment["PGREQUIRESSL"] is ['1', ..] ? "require" : null, "PGREQUIRESSL");
        return merged;
    }

    void Add(IReadOnlyDictionary<string, string> keywords, string origin)
    {
        foreach (var (keyword, value) in keywords)
            Add(keyword, value, keyword + origin);
    }

    /// <summary>Unless there is one already. Of a value that is in a mistaken form nothing is used, since it would be shown.</summary>
    void Add(string keyword, string? value, string origin)
    {
        if (value is null || _values.ContainsKey(keyword))
            return;
        if (Redaction.FindProblem(keyword, value) is { } problem)
            problems.Add($"{origin}: {problem}");
        else
            _values.Add(keyword, (value, origin));
    }

    void AddService(string service, LibpqEnvironment environment)
    {
        var said = new List<string>();
        Add(ServiceFile.Find(service, this["servicefile"], environment, said) ?? [], $" in service \"{service}\"");
        foreach (var problem in said)
            AddMissing(problem, isSecret: false);
    }

    void AddMissing(string message, bool isSecret)
    {
        if (absences is null)
            problems.Add(message);
        else
            absences.Add(new(message, isSecret));
    }

    /// <summary>What the user calls the place the value comes from.</summary>
    internal string Origin(string keyword) => _values.TryGetValue(keyword, out var found) ? found.Origin : keyword;

    internal void Refuse(string keyword, string why) => problems.Add($"{Origin(keyword)}: {why}");

    /// <summary>A file of a secret is not there, or not as it must be.</summary>
    internal void ReportMissing(string keyword, string why) => AddMissing($"{Origin(keyword)}: {why}", isSecret: true);

    /// <summary>The index of the value among the words allowed. An empty value is none of them, as in libpq.</summary>
    internal int OneOf(string keyword, string[] words, int defaultIndex)
    {
        if (this[keyword] is not { } value)
            return defaultIndex;
        var index = words.IndexOf(value);
        if (index >= 0)
            return index;
        Refuse(keyword, $"{Redaction.QuotedIfPlain(value)} is none of {string.Join(", ", words!)}");
        return defaultIndex;
    }

    /// <summary>A whole number, or null where there is no value or a problem.</summary>
    internal int? Number(string keyword)
    {
        if (this[keyword] is not { Length: > 0 } value)
            return null;
        if (int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
            return number;
        Refuse(keyword, $"{(value.Any(char.IsLetter) ? "what stands there" : Redaction.QuotedIfPlain(value))} is no whole number");
        return null;
    }
}
