using BackupMetricsJob.Backups;
using BackupMetricsJob.Files;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration;

/// <summary>The sources of a target and their settings: --source, --server, --query, --receiver, --without.</summary>
/// <param name="Names">In reading order.</param>
internal sealed record SourceSelection(IReadOnlyList<string> Names, SourceSettings Settings)
{
    const int MaxBytes = 1 << 20;

    public static SourceSelection Read(GivenSettings settings, ICollection<Problem> problems)
    {
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var setting in settings.All(JobSettings.Source))
        {
            if (!SourceName.All.Contains(setting.Value))
                problems.Add(setting.InvalidValue("one of " + string.Join(", ", SourceName.All)));
            else
                given.Add(setting.Value);
        }

        var file = settings.One(JobSettings.Query);
        var query = file is null ? null : ReadQuery(file, problems);
        if (file is not null)
            given.Add(SourceName.Query);
        else if (given.Contains(SourceName.Query))
            problems.Add(
                new(
                    ProblemOrigin.Flag,
                    "--query is missing: the file with the SELECT for the source query "
                        + $"(or {Configuration.GivenSettings.Variable(JobSettings.Query.Name)})"
                )
            );
        if (given.Count == 0)
            given.Add(SourceName.Server);
        if (CatalogTargets.Find(settings) is not null)
            given.Add(SourceName.Catalog);
        var own = new SourceSettings(ReadServers(settings, given, problems), query)
        {
            Receivers = ReadReceivers(settings, given, problems),
            Omissions = ReadOmissions(settings, given, problems),
        };
        return new([.. SourceName.All.Where(given.Contains)], own);
    }

    /// <summary>Adds this source.</summary>
    public SourceSelection With(string source) =>
        this with
        {
            Names = [.. SourceName.All.Where(name => name == source || Names.Contains(name))],
        };

    /// <summary>Whether it can be the name of a slot or an application. The names are sent to the server one per line.</summary>
    public static bool IsReceiverName(string name) =>
        name.Trim().Length > 0 && LabelParser.IsWellFormed(name) && !name.AsSpan().ContainsAny('\0', '\n', '\r');

    static List<string> ReadReceivers(GivenSettings settings, HashSet<string> sources, ICollection<Problem> problems)
    {
        var names = new List<string>();
        foreach (var setting in settings.All(JobSettings.Receiver))
        {
            if (IsReceiverName(setting.Value))
                names.Add(setting.Value);
            else
                problems.Add(setting.InvalidValue("the name of a replication slot or an application"));
        }

        if (names.Count > 0)
            RequireServerSource(JobSettings.Receiver, settings, sources, problems);
        return names;
    }

    static Omissions ReadOmissions(GivenSettings settings, HashSet<string> sources, ICollection<Problem> problems)
    {
        var omissions = Omissions.None;
        foreach (var setting in settings.All(JobSettings.Without))
        {
            if (OmissionNames.Parse(setting.Value) is { } omission)
                omissions |= omission;
            else
                problems.Add(setting.InvalidValue("one of " + string.Join(", ", OmissionNames.All)));
        }

        if (omissions != Omissions.None)
            RequireServerSource(JobSettings.Without, settings, sources, problems);
        return omissions;
    }

    static void RequireServerSource(ListSetting flag, GivenSettings settings, HashSet<string> sources, ICollection<Problem> problems)
    {
        if (!sources.Contains(SourceName.Server))
            problems.Add(settings.All(flag)[0].CreateProblem($"needs the source {SourceName.Server}, which is not selected"));
    }

    static ServerPatterns ReadServers(GivenSettings settings, HashSet<string> sources, ICollection<Problem> problems)
    {
        var patterns = new List<string>();
        foreach (var setting in settings.All(JobSettings.Server))
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
                settings
                    .All(JobSettings.Server)[0]
                    .CreateProblem($"selects servers of the catalogue, so it needs --source {SourceName.Catalog}")
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

    /// <summary>The query in a file; null, with a fault, if it cannot be read.</summary>
    public static string? ReadQuery(string path, out string fault)
    {
        if (LimitedFileReader.Read(path, MaxBytes).TryText(out fault)?.TrimStart('\uFEFF') is not { } text)
            return null;
        if (!UserQuery.AsksNothing(text) && !text.Contains('\0', StringComparison.Ordinal))
            return text;
        fault = "contains no query";
        return null;
    }
}
