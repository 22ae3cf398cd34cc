using BackupMetricsJob.Backups;
using BackupMetricsJob.Files;

namespace BackupMetricsJob.Configuration;

/// <summary>Which sources a target is read by, and what they are asked: --source, --server, --query, --receiver, --without.</summary>
/// <param name="Names">In the order in which they are read.</param>
internal sealed record SourceSelection(IReadOnlyList<string> Names, SourceSettings Settings)
{
    const int MaxBytes = 1 << 20;

    public static SourceSelection Read(Settings settings, ICollection<Problem> problems)
    {
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var setting in settings.All("source"))
        {
            if (!SourceName.All.Contains(setting.Value))
                problems.Add(setting.InvalidValue("one of " + string.Join(", ", SourceName.All)));
            else
                given.Add(setting.Value);
        }

        var file = settings.One("query");
        var query = file is null ? null : ReadQuery(file, problems);
        if (file is not null)
            given.Add(SourceName.Query);
        else if (given.Contains(SourceName.Query))
            problems.Add(
                new(
                    ProblemOrigin.Flag,
                    $"--query is missing: the file with the SELECT of the source query (or {Configuration.Settings.Variable("query")})"
                )
            );
        if (given.Count == 0)
            given.Add(SourceName.Server);
        var own = new SourceSettings(ReadServers(settings, given, problems), query)
        {
            Receivers = ReadReceivers(settings, given, problems),
            Without = ReadOmissions(settings, given, problems),
        };
        return new([.. SourceName.All.Where(given.Contains)], own);
    }

    /// <summary>Whether this can be the name of a slot or an application: they are given to the server one a line.</summary>
    public static bool IsReceiverName(string name) =>
        name.Trim().Length > 0 && LabelParser.IsWellFormed(name) && !name.AsSpan().ContainsAny('\0', '\n', '\r');

    static List<string> ReadReceivers(Settings settings, HashSet<string> sources, ICollection<Problem> problems)
    {
        var names = new List<string>();
        foreach (var setting in settings.All("receiver"))
        {
            if (IsReceiverName(setting.Value))
                names.Add(setting.Value);
            else
                problems.Add(setting.InvalidValue("the name of a replication slot or of an application"));
        }

        if (names.Count > 0)
            RequireServerSource("receiver", settings, sources, problems);
        return names;
    }

    static Omissions ReadOmissions(Settings settings, HashSet<string> sources, ICollection<Problem> problems)
    {
        var without = Omissions.None;
        foreach (var setting in settings.All("without"))
        {
            if (OmissionNames.Parse(setting.Value) is { } omission)
                without |= omission;
            else
                problems.Add(setting.InvalidValue("one of " + string.Join(", ", OmissionNames.All)));
        }

        if (without != Omissions.None)
            RequireServerSource("without", settings, sources, problems);
        return without;
    }

    static void RequireServerSource(string flag, Settings settings, HashSet<string> sources, ICollection<Problem> problems)
    {
        if (!sources.Contains(SourceName.Server))
            problems.Add(settings.All(flag)[0].CreateProblem($"it is about the source {SourceName.Server}, which is not asked"));
    }

    static ServerPatterns ReadServers(Settings settings, HashSet<string> sources, ICollection<Problem> problems)
    {
        var patterns = new List<string>();
        foreach (var setting in settings.All("server"))
        {
            if (
                setting.Value.Trim().Length == 0
                || !LabelParser.IsWellFormed(setting.Value)
                || setting.Value.Contains('\0', StringComparison.Ordinal)
            )
                problems.Add(setting.InvalidValue("the name of a server in the catalogue, or a pattern like eu-*"));
            else
                patterns.Add(setting.Value);
        }

        if (patterns.Count > 0 && !sources.Contains(SourceName.Catalog))
            problems.Add(
                settings.All("server")[0].CreateProblem($"it is about servers in the catalogue, and needs --source {SourceName.Catalog}")
            );
        return patterns.Count > 0 ? new(patterns) : ServerPatterns.All;
    }

    static string? ReadQuery(Setting file, ICollection<Problem> problems)
    {
        var query = ReadQuery(file.Value, out var fault);
        if (query is null)
            problems.Add(new(ProblemOrigin.Configuration, $"{file.Name} \"{file.Value}\": {fault}") { IsInFile = true });
        return query;
    }

    /// <summary>The text of a file with a query; null, with why, where there is none to be had.</summary>
    public static string? ReadQuery(string path, out string fault)
    {
        if (BoundedFile.Read(path, MaxBytes).TryText(out fault)?.TrimStart('\uFEFF') is not { } text)
            return null;
        if (text.Trim().Length > 0 && !text.Contains('\0', StringComparison.Ordinal))
            return text;
        fault = "has no query in it";
        return null;
    }
}
