using System.Diagnostics;
using System.Globalization;

namespace BackupMetricsJob.Benchmarks.SideBySide;

/// <summary>What one process cost from its start to its end, as the kernel counts it, with the children that it waited for.</summary>
/// <param name="Wall">In milliseconds, like the CPU.</param>
/// <param name="Cpu">User and system.</param>
/// <param name="Peak">In mebibytes, of the largest process.</param>
/// <param name="Gateway">The CPU of the Pushgateway meanwhile, in milliseconds.</param>
internal sealed record Cost(double Wall, double Cpu, double Peak, double Gateway)
{
    /// <summary>Runs a command once; null, and why, where it did not end with 0.</summary>
    public static Cost? Of(IReadOnlyList<string> command, Servers servers, out string problem)
    {
        var output = servers.Built("output");
        var before = servers.GatewayCpu();
        var measure = new ProcessStartInfo(servers.Built("peers/measure"), [output, .. command]) { RedirectStandardOutput = true };
        using var process = Process.Start(measure)!;
        var words = process.StandardOutput.ReadToEnd().Split(' ', StringSplitOptions.TrimEntries);
        process.WaitForExit();
        problem = words is [_, _, _, "0"]
            ? ""
            : $"{command[0]} failed (wait status {words[^1]}):\n{(File.Exists(output) ? File.ReadAllText(output) : "")}";
        return problem.Length > 0
            ? null
            : new(Number(words[0]) / 1e3, Number(words[1]) / 1e3, Number(words[2]) / 1024, (servers.GatewayCpu() - before) / 1e6);
    }

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
