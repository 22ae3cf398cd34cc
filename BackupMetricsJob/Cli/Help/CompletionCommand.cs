using System.CommandLine;
using System.Text;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli.Help;

/// <summary>
/// backup-metrics completion: prints a script that completes commands, flags and values. The script contains them all. It does not pass the
/// line to this program, as System.CommandLine's [suggest] does: a password in the line would appear in the process list.
/// </summary>
internal static class CompletionCommand
{
    static readonly string[] Shells = ["bash", "zsh", "fish"];

    public static Command Create(ProcessContext context)
    {
        var shell = new Argument<string>("shell") { HelpName = "SHELL", Description = string.Join(", ", Shells) };
        shell.AcceptOnlyFromAmong(Shells);
        var command = new DocumentedCommand("completion", "Print a script that completes commands, options and values in a shell")
        {
            Examples =
            [
                new("in ~/.bashrc (packages bring the files for every shell)", "eval \"$(backup-metrics completion bash)\""),
                new("in ~/.zshrc, after compinit", "eval \"$(backup-metrics completion zsh)\""),
                new("for fish", "backup-metrics completion fish >\\\n  ~/.config/fish/completions/backup-metrics.fish"),
            ],
        };
        command.Arguments.Add(shell);
        command.SetAction(parsed =>
        {
            var root = parsed.RootCommandResult.Command;
            using var script = new StreamWriter(context.Output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            switch (parsed.GetRequiredValue(shell))
            {
                case "bash":
                    BashCompletion.Write(root, script);
                    break;
                case "zsh":
                    ZshCompletion.Write(root, script);
                    break;
                default:
                    FishCompletion.Write(root, script);
                    break;
            }

            return (int)ExitCode.Success;
        });
        return command;
    }
}
