using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Integration;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>What promtool makes of all states. It evaluates the rules once, and then answers what each test asks.</summary>
public sealed partial class CriticalFindingsTests
{
    static readonly Lazy<Questions> Asked = new(Ask);

    static readonly Lazy<Task<ProcessResult>> Evaluated = new(EvaluateAsync);

    static async Task<ProcessResult> EvaluateAsync()
    {
        using var folder = new TempFolder();
        var file = folder.Write(
            "states.yml",
            $"""
            rule_files: ["{DeployFiles.RulesFile}"]
            group_eval_order: [backup-metrics-probes, backup-metrics]
            evaluation_interval: 1m
            tests:
            - interval: 1m
              input_series:
            {string.Join('\n', Series(Published.Text([.. Asked.Value.States]), Published.Text([.. Asked.Value.States.Select(Mended)])))}
              promql_expr_test:
            {string.Join('\n', Asked.Value.All.Select(query => query.Yaml))}

            """
        );
        return await ChildProcess.RunAsync(Promtool.Program, ["test", "rules", file], deadline: TimeSpan.FromMinutes(8));
    }

    // promtool prints of each query that it failed, in quotes, all that it expected, then all that it got.
    static async Task<string> DifferenceAsync(Query query)
    {
        var result = await Evaluated.Value;
        var failed = (result.Output + result.Error).Split("    expr: ")[1..];
        Assert.True(failed.Length > 0 == (result.ExitCode != 0), result.Output + result.Error);
        Assert.All(failed, part => Assert.Contains(Asked.Value.All, known => part.StartsWith(known.Quoted, StringComparison.Ordinal)));
        var parts = failed.SingleOrDefault(part => part.StartsWith(query.Quoted, StringComparison.Ordinal))?.Split("got:");
        if (parts is null)
            return "";

        var (expected, got) = (Lines(parts[0]), Lines(parts[1]));
        return $"expected of {query.Text}, and not there:\n{string.Join('\n', expected.Except(got))}\n"
            + $"there, and not expected:\n{string.Join('\n', got.Except(expected))}\n";

        static List<string> Lines(string text) => [.. text.Split("{instance=").Skip(1).Select(line => line.Split(['\n', ','])[0].Trim())];
    }

    /// <summary>What each test asks of these states.</summary>
    sealed record Questions(
        IReadOnlyList<ProbeResult> States,
        ILookup<Verdict, string> Verdicts,
        Query Pages,
        Query Troubled,
        Query Warned,
        Query Well,
        Query StillPages,
        Query StillCritical
    )
    {
        public IReadOnlyList<Query> All => [Pages, Troubled, Warned, Well, StillPages, StillCritical];
    }

    /// <summary>Asked when all has been pushed for 75 minutes, or at another minute.</summary>
    sealed record Query(string Text, IReadOnlyList<(string Instance, int Value)> Expected, int Minute = MinutesSpoilt - 1)
    {
        public string Quoted => $"\"{Text.Replace("\"", "\\\"", StringComparison.Ordinal)}\",";

        public string Yaml =>
            $"""
                  - expr: {Text}
                    eval_time: {Minute}m
                    exp_samples:
                {string.Join('\n', Expected.OrderBy(sample => sample.Instance, StringComparer.Ordinal).Select(Sample))}
                """;

        static string Sample((string Instance, int Value) sample) =>
            $"    - {{labels: '{{instance=\"{sample.Instance}\"}}', value: {sample.Value}}}";
    }
}
