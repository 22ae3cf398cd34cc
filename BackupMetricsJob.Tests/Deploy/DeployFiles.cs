using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>The files below deploy/ that are about Prometheus, and what stands in the rules.</summary>
internal static partial class DeployFiles
{
    public static string Prometheus { get; } = Path.Combine(Repository.Root, "deploy", "prometheus");

    public static string RulesFile { get; } = Path.Combine(Prometheus, "backup.rules.yml");

    public static string Rules { get; } = File.ReadAllText(RulesFile);

    public static IReadOnlyList<string> RuleTests { get; } =
    [.. Directory.GetFiles(Path.Combine(Prometheus, "tests"), "*.test.yml").Order(StringComparer.Ordinal)];

    /// <summary>The alert of each rule: one whose severities have a time of their own has a rule for each.</summary>
    public static IReadOnlyList<string> AlertRules { get; } = [.. AlertLine().Matches(Rules).Select(match => match.Groups[1].Value)];

    public static IReadOnlyList<string> Alerts { get; } = [.. AlertRules.Distinct()];

    public static IReadOnlyList<string> Recorded { get; } = [.. RecordLine().Matches(Rules).Select(match => match.Groups[1].Value)];

    /// <summary>Every metric that an expression of the rules names.</summary>
    public static IReadOnlyList<string> MetricsUsed()
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Match expression in Expression().Matches(Rules))
        {
            var bare = NoMetric().Replace(expression.Groups[1].Value, " ");
            foreach (Match name in Name().Matches(bare))
                names.Add(name.Value);
        }

        return [.. names];
    }

    [GeneratedRegex(@"^  - alert: (\w+)$", RegexOptions.Multiline)]
    private static partial Regex AlertLine();

    [GeneratedRegex(@"^  - record: (\S+)$", RegexOptions.Multiline)]
    private static partial Regex RecordLine();

    [GeneratedRegex(@"^    expr: (.*(?:\n      .*)*)", RegexOptions.Multiline)]
    private static partial Regex Expression();

    // Texts, selectors, ranges, offsets, the labels of a match or an aggregation, functions and operators.
    [GeneratedRegex(
        """"
            "[^"]*"|\{[^}]*\}|\[\w+\]|\boffset\s\w+|\b\w+(?=\()
            """"
            + @"|\b(?:on|ignoring|by|without|group_left|group_right)\s\([^)]*\)"
            + @"|\b(?:max|min|sum|count|group|topk|and|or|unless|Inf)\b"
    )]
    private static partial Regex NoMetric();

    [GeneratedRegex(@"[a-zA-Z_][\w:]*")]
    private static partial Regex Name();
}
