using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace BackupMetricsJob.Benchmarks.SideBySide;

/// <summary>Where and when it was measured, in the line that stands above the tables.</summary>
internal static partial class Machine
{
    public static int Print()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        string[] facts =
        [
            DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
            $"{Model().Match(File.ReadAllText("/proc/cpuinfo")).Groups[1]}, {Environment.ProcessorCount} cores, {memory:f0} GiB",
            $"{RuntimeInformation.OSDescription}, kernel {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}",
            RuntimeInformation.FrameworkDescription,
            Version(
                Directory.GetFiles("/usr/lib/postgresql", "postgres", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last(),
                "--version",
                @"\d+\.\d+",
                "PostgreSQL"
            ),
            Version("prometheus-pushgateway", "--version", @"(?<=version )\S+", "Pushgateway"),
            Version("/usr/bin/python3", "--version", @"\d\S+", "Python"),
            Version("go", "version", @"(?<=go)\d\S+", "Go"),
            $"load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}",
        ];
        Console.WriteLine(string.Join("; ", facts.Where(fact => fact.Length > 0)));
        return 0;
    }

    /// <summary>Nothing where the program is not there: not every part of the bench needs each.</summary>
    static string Version(string program, string argument, string pattern, string name)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            var version = Regex.Match(process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd(), pattern);
            return version.Success ? $"{name} {version.Value.TrimEnd(',')}" : "";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }

    [GeneratedRegex(@"model name\s*: (.*)")]
    private static partial Regex Model();
}
