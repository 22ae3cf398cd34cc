namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// What promtool says of a text: exit code 0 and no lines if nothing is wrong, 3 and one line a complaint of its linter, 1 if it cannot
/// read it.
/// </summary>
internal sealed record PromtoolResult(int ExitCode, IReadOnlyList<string> Lines);

/// <summary>Prometheus' own tool as a judge of what we expose. It does not notice two equal series in one text.</summary>
internal static class Promtool
{
    public static string Program { get; } = Tool.Find("promtool", "apt-get install prometheus");

    /// <summary><c>promtool check metrics</c> on an exposition text.</summary>
    public static async Task<PromtoolResult> CheckMetricsAsync(string exposition)
    {
        var result = await ChildProcess.RunAsync(Program, ["check", "metrics"], new() { Input = exposition });
        return new(result.ExitCode, (result.Output + result.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Any other command, such as <c>test rules FILE</c>.</summary>
    public static Task<ProcessResult> RunAsync(params string[] arguments) => ChildProcess.RunAsync(Program, arguments);
}
