using System.Collections.ObjectModel;
using System.Globalization;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// The value and origin of each keyword, by libpq's precedence: the text, the service's section, the environment. Problems name the origin:
/// <c>sslmode</c>, <c>sslmode in service x</c> or <c>PGSSLMODE</c>.
/// </summary>
internal sealed class LibpqValues(ICollection<string> problems, ICollection<MissingFile>? missingFiles)
{
    readonly Dictionary<string, (string Value, string Origin)> _values = new(StringComparer.Ordinal);
    readonly int _before = problems.Count;

    /// <summary>Whether nothing was refused so far.</summary>
    internal bool IsValid => problems.Count == _before;

    internal string? this[string keyword] => _values.TryGetValue(keyword, out var found) ? found.Value : null;

    /// <param name="written">The keywords of this connection.</param>
    /// <param name="defaults">Shared defaults, or null. They rank below the service that the connection itself names.</param>
    /// <param name="environment">Ranks last.</param>
    /// <param name="problems">Receives problems.</param>
    /// <param name="missingFiles">Receives missing files; if null, those are problems, too.</param>
    internal static LibpqValues Merge(
        IReadOnlyDictionary<string, string> written,
        IReadOnlyDictionary<string, string>? defaults,
        LibpqEnvironment environment,
        ICollection<string> problems,
        ICollection<MissingFile>? missingFiles
    )
    {
        var merged = new LibpqValues(problems, missingFiles);
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

    /// <summary>
    /// Adds a value unless there is one. A value that may hold a misplaced password is not used, because it could be printed.
    /// </summary>
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
        if (missingFiles is null)
            problems.Add(message);
        else
            missingFiles.Add(new(message, isSecret));
    }

    /// <summary>The user's name for the origin of the value.</summary>
    internal string Origin(string keyword) => _values.TryGetValue(keyword, out var found) ? found.Origin : keyword;

    internal void Refuse(string keyword, string why) => problems.Add($"{Origin(keyword)}: {why}");

    /// <summary>Reports that a file with a secret is missing or unusable.</summary>
    internal void ReportMissing(string keyword, string why) => AddMissing($"{Origin(keyword)}: {why}", isSecret: true);

    /// <summary>The index of the value among the allowed words. An empty value is not allowed, as in libpq.</summary>
    internal int OneOf(string keyword, string[] words, int defaultIndex)
    {
        if (this[keyword] is not { } value)
            return defaultIndex;
        var index = words.IndexOf(value);
        if (index >= 0)
            return index;
        Refuse(keyword, $"{Redaction.QuotedIfPlain(value)} is not one of {string.Join(", ", words!)}");
        return defaultIndex;
    }

    /// <summary>An integer; null if there is no value or a problem.</summary>
    internal int? Number(string keyword)
    {
        if (this[keyword] is not { Length: > 0 } value)
            return null;
        if (int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
            return number;
        Refuse(keyword, $"{(value.Any(char.IsLetter) ? "the value" : Redaction.QuotedIfPlain(value))} is not an integer");
        return null;
    }
}
