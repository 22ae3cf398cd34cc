using System.Diagnostics;

namespace BackupMetricsJob.Tests.PrometheusRoom;

/// <summary><c>promtool check metrics</c>: its exit code and everything that it printed. Fails where promtool is not installed.</summary>
static class Promtool
{
    public static async Task<(int ExitCode, string Output)> CheckMetrics(string text)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var process = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.StandardInput.WriteAsync(text.AsMemory(), deadline.Token);
        process.StandardInput.Close();
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, await output + await errors);
    }
}
