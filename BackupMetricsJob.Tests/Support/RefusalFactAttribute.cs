using System.ComponentModel;
using System.Diagnostics;

namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// A test of what a real Pushgateway answers when it refuses. The one of Debian 13, 1.11.0, ends the connection instead
/// (https://github.com/prometheus/pushgateway/issues/766), so there these tests are skipped, with that reason; what we make of it is tested
/// everywhere.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RefusalFactAttribute : FactAttribute
{
    public RefusalFactAttribute() => Skip = SilentGateway.Reason.Value;
}

/// <summary>The same with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RefusalTheoryAttribute : TheoryAttribute
{
    public RefusalTheoryAttribute() => Skip = SilentGateway.Reason.Value;
}

file static class SilentGateway
{
    /// <summary>Null where the gateway answers, or there is none: then the tests say what to install.</summary>
    public static Lazy<string?> Reason { get; } = new(Find);

    static string? Find()
    {
        try
        {
            using var asked = Process.Start(
                new ProcessStartInfo("prometheus-pushgateway", ["--version"])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var version = asked.StandardOutput.ReadToEnd() + asked.StandardError.ReadToEnd();
            return version.Contains("version 1.11.0 ", StringComparison.Ordinal)
                ? "Pushgateway 1.11.0 ends the connection where it refuses (prometheus/pushgateway#766): these tests need another version"
                : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
