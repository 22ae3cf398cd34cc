using System.Collections;
using System.Reflection;
using System.Text;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Files;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>
/// Sets up streams, clock, environment and signals, runs a program, and returns its exit code. A bug is reported on one line, with a
/// stack trace only if --verbose is given.
/// </summary>
internal static class EntryPoint
{
    public static int Run(string[] args)
    {
        var (hasInput, hasOutput) = StandardDescriptors.EnsureOpen();
        ProcessLimits.RaiseDescriptors();
        using var signals = new Signals();
        using var output = new StandardStream(
            () => hasOutput ? Console.OpenStandardOutput() : throw new IOException("it is closed"),
            bestEffort: false
        );
        using var error = new StreamWriter(new StandardStream(Console.OpenStandardError, bestEffort: true), new UTF8Encoding(false))
        {
            AutoFlush = true,
        };
        // Opened now, because hanging files could use up all descriptors before the report is written.
        error.BaseStream.Write([]);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        // The user of a container may have neither HOME nor an entry in /etc/passwd. .NET reports "/" here, yet its certificate store
        // needs HOME to be set: without it every TLS connection fails.
        if (environment.GetValueOrDefault("HOME") is null or "" && Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) == "/")
            Environment.SetEnvironmentVariable("HOME", "/");
        var build = BuildVersion.Parse(
            typeof(EntryPoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion
        );
        try
        {
            return CommandLine.Run(
                args,
                new ProcessContext(output, error, environment, TimeProvider.System, signals)
                {
                    HasInput = hasInput,
                    IsInteractive = !Console.IsErrorRedirected,
                },
                build
            );
        }
        catch (OutputException failure)
        {
            error.WriteLine("backup-metrics: " + failure.Message);
            return (int)ExitCode.OutputFailed;
        }
#pragma warning disable CA1031 // The only place that catches bugs and turns them into a line and an exit code.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            var verbose =
                args.Contains("--verbose") || environment.GetValueOrDefault(GivenSettings.Variable(JobSettings.Verbose.Name)) == "true";
            error.WriteLine(
                verbose
                    ? $"backup-metrics: bug: {bug}"
                    : $"backup-metrics: bug: {bug.GetType().Name}: {PlainText.OnOneLine(bug.Message)} (--verbose shows where)"
            );
            return (int)ExitCode.Bug;
        }
    }
}
