using System.Text;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Configuration;

/// <summary>Which sources a target is read by, and what they are asked: --source, --server, --query.</summary>
/// <param name="Names">In the order in which they are read.</param>
internal sealed record SourceText(IReadOnlyList<string> Names, SourceSettings Settings)
{
    const int MostBytes = 1 << 20;

    public static SourceText Read(Settings settings, ICollection<Problem> problems)
    {
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var setting in settings.All("source"))
        {
            if (!SourceName.All.Contains(setting.Value)) problems.Add(setting.Wrong("one of " + string.Join(", ", SourceName.All)));
            else given.Add(setting.Value);
        }

        var file = settings.One("query");
        var query = file is null ? null : ReadQuery(file, problems);
        if (file is not null) given.Add(SourceName.Query);
        else if (given.Contains(SourceName.Query)) problems.Add(new(ProblemOrigin.Flag, $"--query is missing: the file with the SELECT of the source query (or {Configuration.Settings.Variable("query")})"));
        if (given.Count == 0) given.Add(SourceName.Server);
        return new([.. SourceName.All.Where(given.Contains)], new(Servers(settings, given, problems), query));
    }

    static ServerPatterns Servers(Settings settings, HashSet<string> sources, ICollection<Problem> problems)
    {
        var patterns = new List<string>();
        foreach (var setting in settings.All("server"))
        {
            if (setting.Value.Trim().Length == 0 || !LabelText.IsWellFormed(setting.Value) || setting.Value.Contains('\0', StringComparison.Ordinal))
                problems.Add(setting.Wrong("the name of a server in the catalogue, or a pattern like eu-*"));
            else patterns.Add(setting.Value);
        }

        if (patterns.Count > 0 && !sources.Contains(SourceName.Catalog))
            problems.Add(settings.All("server")[0].Says($"it is about servers in the catalogue, and needs --source {SourceName.Catalog}"));
        return patterns.Count > 0 ? new(patterns) : ServerPatterns.All;
    }

    static string? ReadQuery(Setting file, ICollection<Problem> problems)
    {
        var query = ReadQuery(file.Value, out var fault);
        if (query is null) problems.Add(new(ProblemOrigin.Configuration, $"{file.Origin} \"{file.Value}\": {fault}"));
        return query;
    }

    /// <summary>The text of a file with a query; null, with why, where there is none to be had.</summary>
    public static string? ReadQuery(string path, out string fault)
    {
        fault = "";
        try
        {
            var bytes = BoundedFile.Read(path, MostBytes);
            var text = bytes.Length > MostBytes ? null : new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
            if (text is null) fault = $"it is larger than {MostBytes >> 20} MiB";
            else if (text.Trim().Length > 0 && !text.Contains('\0', StringComparison.Ordinal)) return text;
            else fault = "it has no query in it";
        }
        catch (DecoderFallbackException)
        {
            fault = "it is not UTF-8";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            fault = e.Message.ReplaceLineEndings(" ");
        }

        return null;
    }
}
