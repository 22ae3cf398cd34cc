using System.Text.RegularExpressions;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>The states are all there are: whatever may be critical in the code of the findings is critical in one of them.</summary>
public sealed partial class CriticalFindingsTests
{
    /// <summary>What the code says by another name than its words.</summary>
    static readonly Dictionary<string, string> Named = new()
    {
        ["failed.Message"] = "the list could not be read",
        ["Known"] = "no base backup is known",
        ["Hole(coverage, result, severalAreListed)"] = " has a hole: ",
    };

    // A limit of their own for full backups, beside incremental ones that are new enough.
    static IEnumerable<ProbeResult> FullBackups =>
        from full in new (string Name, int? Days)[] { ("new", 3), ("late", 9), ("too-late", 20), ("none", null) }
        select OfCatalog($"full_{full.Name}") with
        {
            Instance = new(
                $"full_{full.Name}",
                [],
                [.. AllLimits, new(LimitType.Full, Severity.Warning, 8 * Day), new(LimitType.Full, Severity.Critical, 15 * Day)],
                [SourceName.Catalog]
            ),
            Backups = FromCatalog([
                Backup with
                {
                    Type = BackupType.Incr,
                },
                .. full.Days is { } days
                    ? [Backup with { Type = BackupType.Full, LastSuccess = Noon - (days * Day), Age = days * Day }]
                    : (BackupFacts[])[],
                Dump,
                Restored,
            ]),
            SourcesThatAnswered = [SourceName.Catalog],
        };

    [Fact]
    public void The_states_are_all_that_may_be_critical()
    {
        var said = States.SelectMany(Findings.For).Where(finding => finding.IsCritical).Select(finding => finding.Summary).ToList();
        var inCode = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "BackupMetricsJob", "Backups"), "*Findings.cs")
            .SelectMany(file => Made().Matches(File.ReadAllText(file)).Select(match => new CallText(match)))
            .Where(call => call.Arguments is [not "false", _, _])
            .Select(call => Words(call.Arguments[1]))
            .ToList();

        Assert.True(inCode.Count > 20, $"only {inCode.Count} were found");
        Assert.DoesNotContain(inCode, words => !said.Exists(summary => summary.Contains(words, StringComparison.Ordinal)));
    }

    /// <summary>The longest piece of text in an expression: what stands in each summary that it makes.</summary>
    static string Words(string expression) =>
        Named.GetValueOrDefault(expression) ?? CallText.Texts(expression).MaxBy(text => text.Length) ?? expression;

    [GeneratedRegex(@"new(?: Finding)?\(\s*")]
    private static partial Regex Made();
}
