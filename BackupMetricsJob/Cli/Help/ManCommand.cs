using System.CommandLine;
using System.Text;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli.Help;

/// <summary>backup-metrics man: writes the man page of every command, for packages and for `man -l`.</summary>
internal static class ManCommand
{
    public static Command Create(ProcessContext context, BuildVersion build)
    {
        var folder = new Argument<string>("dir")
        {
            HelpName = "DIR",
            Description = "Directory to write them to; it is created if it is missing",
        };
        var command = new DocumentedCommand("man", "Write the man pages of all commands to a directory")
        {
            Examples =
            [
                new("read one of them", "backup-metrics man /tmp/man && man -l /tmp/man/backup-metrics-run.1"),
                new("install them for everybody", "backup-metrics man /usr/local/share/man/man1"),
            ],
        };
        command.Arguments.Add(folder);
        command.SetAction(parsed => Write(parsed.RootCommandResult.Command, parsed.GetRequiredValue(folder), context, build));
        return command;
    }

    static int Write(Command root, string folder, ProcessContext context, BuildVersion build)
    {
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var command in CommandTree.All(root))
            {
                using var page = new StreamWriter(Path.Combine(folder, ManPage.FileName(command)), append: false, new UTF8Encoding(false));
                ManPage.Write(command, build.Version, page);
            }

            return (int)ExitCode.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            context.Error.WriteLine($"backup-metrics: man: {PlainText.OnOneLine(e.Message)}");
            return (int)ExitCode.OutputFailed;
        }
    }
}
