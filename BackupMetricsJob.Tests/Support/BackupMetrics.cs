using System.Runtime.InteropServices;

namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// The built command itself, as a user or a CronJob starts it: with the given environment and nothing else but what .NET needs.
/// It is the one beside the tests, or the one that <c>BACKUP_METRICS_EXE</c> names (a published one, say; a .dll is run by dotnet).
/// </summary>
internal static class BackupMetrics
{
    public static string Executable { get; } =
        Environment.GetEnvironmentVariable("BACKUP_METRICS_EXE") is { Length: > 0 } given
            ? Path.GetFullPath(given)
            : Path.Combine(AppContext.BaseDirectory, "backup-metrics");

    /// <summary>The .NET that the tests run on: .../shared/Microsoft.NETCore.App/10.0.x/ lies three folders below it.</summary>
    public static string DotnetRoot { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));

    public static Task<ProcessResult> RunAsync(params string[] arguments) => RunAsync(arguments, environment: null);

    /// <summary>
    /// Runs it to its end; past the deadline (<see cref="Wait.Deadline"/> unless given) it is killed and <see cref="TimeoutException"/>
    /// shows what it wrote.
    /// </summary>
    public static async Task<ProcessResult> RunAsync(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment,
        string input = "",
        string? workingDirectory = null,
        TimeSpan? deadline = null,
        bool unprivileged = false
    )
    {
        await using var process = Start(arguments, environment, input, workingDirectory, unprivileged);
        return await process.WaitAsync(deadline);
    }

    /// <summary>Starts it, for tests that wait for a line of it or send it a signal.</summary>
    public static ChildProcess Start(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string input = "",
        string? workingDirectory = null,
        bool unprivileged = false
    )
    {
        if (!File.Exists(Executable))
            throw new InvalidOperationException(
                $"There is no {Executable}. Build the solution, or let BACKUP_METRICS_EXE name another one."
            );

        Dictionary<string, string> all = new()
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
            ["DOTNET_ROOT"] = DotnetRoot,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            all[name] = value;

        var options = new ChildOptions
        {
            Environment = all,
            Input = input,
            WorkingDirectory = workingDirectory,
            Unprivileged = unprivileged,
        };
        return Executable.EndsWith(".dll", StringComparison.Ordinal)
            ? ChildProcess.Start(Path.Combine(DotnetRoot, "dotnet"), [Executable, .. arguments], options)
            : ChildProcess.Start(Executable, arguments, options);
    }
}
