using System.Globalization;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>
/// docs/drill.md: its table of broken backups, and its first output. The tests that break backups, and the one that runs that world,
/// compare them with what a drill said.
/// </summary>
internal static partial class DrillPage
{
    const string Heading = "## Backups that were broken on purpose";

    static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs/drill.md"));

    /// <summary>What is broken, the phase and the exit code, and the line: the columns of each row.</summary>
    public static IReadOnlyDictionary<string, (string Phase, string Line)> Rows { get; } =
        Text[Text.IndexOf(Heading, StringComparison.Ordinal)..]
            .Split("\n## ")[0]
            .Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Skip(1)
            .Select(line => line.Split(" | "))
            .ToDictionary(cells => cells[0].TrimStart('|', ' '), cells => (cells[1], cells[2]));

    /// <summary>That a drill of a backup broken like this ended in the phase, with the code and the words of its row.</summary>
    public static void AssertRow(string broken, ProcessResult result)
    {
        var (phase, line) = Rows[broken];
        Assert.True(phase.Contains(result.ExitCode.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), result.Error);
        var failed = Failed().Match(result.Error);
        Assert.Contains(failed.Success ? failed.Groups[1].Value : "none", phase, StringComparison.Ordinal);
        if (!failed.Success)
            Assert.Contains("\nWARNING ", result.Error, StringComparison.Ordinal);
        var spans = Code().Matches(line).Select(span => Pattern(span.Groups[1].Value)).ToList();
        Assert.True(spans.Exists(span => Regex.IsMatch(result.Error, span)), $"{line}\nis not what was said:\n{result.Error}");
    }

    /// <summary>That the output at the top of the page is what such a drill prints, but for numbers, times and questions.</summary>
    public static void AssertFirstOutput(ProcessResult result)
    {
        var shown = Text.Split("```\n")[1].Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(Shape).ToList();

        Assert.InRange(shown.Count, 10, 30);
        Assert.Equal(shown, result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Shape));
    }

    /// <summary>Numbers may be others, and what is left out ("...") anything.</summary>
    static string Pattern(string words)
    {
        var numbers = EscapedNumber().Replace(Regex.Escape(words), match => "[0-9A-F.]+" + Unit(match));
        return LeftOut().Replace(numbers, ".*").Replace("/tmp", @"\S+", StringComparison.Ordinal);
    }

    static string Unit(Match match) => match.Groups[1].Success ? @"\ \w+" : "";

    static string Shape(string line) =>
        Transaction().Replace(Number().Replace(line.Replace(", 1 query", "", StringComparison.Ordinal), "N"), "T");

    [GeneratedRegex(@"\n(?:FAILED|UNFINISHED) ([a-z-]+) [0-9.]+ s: ")]
    private static partial Regex Failed();

    [GeneratedRegex(@"[0-9][0-9A-F]*(?:\\\.[0-9]+)?(\\ (?:s|min|h|[kMG]?B)\b)?")]
    private static partial Regex EscapedNumber();

    [GeneratedRegex(@"(?:\\ )?(?:\\\.){3}(?:\\ )?")]
    private static partial Regex LeftOut();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\b[0-9][0-9A-F:./-]*(?: UTC| (?:s|min|h|[kMG]?B)\b)?")]
    private static partial Regex Number();

    [GeneratedRegex("no transaction|last transaction at N N")]
    private static partial Regex Transaction();
}
