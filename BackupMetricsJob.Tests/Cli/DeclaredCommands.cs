using System.CommandLine;
using System.Text;
using BackupMetricsJob.Cli;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Tests.Cli;

/// <summary>The commands as they are declared, in this process.</summary>
internal static class DeclaredCommands
{
    static readonly BuildVersion Build = BuildVersion.Parse("1.0.0");

    public static IReadOnlyList<string> Paths { get; } = [.. With(context => All(context).Select(CommandTree.Path).ToList())];

    public static T With<T>(Func<RootCommand, T> read) => With(context => read(CommandLine.Create(context, Build)));

    /// <summary>What a command line writes, in this process.</summary>
    public static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        var code = With(context => CommandLine.Run(arguments, context with { Output = output, Error = error }, Build));
        return (code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    static IEnumerable<Command> All(ProcessContext context) => CommandTree.All(CommandLine.Create(context, Build));

    static T With<T>(Func<ProcessContext, T> use)
    {
        using var signals = new Signals();
        return use(new(Stream.Null, TextWriter.Null, new Dictionary<string, string>(), TimeProvider.System, signals));
    }
}
