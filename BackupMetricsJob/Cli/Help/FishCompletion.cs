using System.CommandLine;
using System.CommandLine.Completions;

namespace BackupMetricsJob.Cli.Help;

/// <summary>The completion script for fish, with a description of each word.</summary>
internal static class FishCompletion
{
    public static void Write(Command root, TextWriter to)
    {
        to.WriteLine("# Completes backup-metrics in fish. Made by: backup-metrics completion fish");
        to.WriteLine("complete -c backup-metrics -f");
        to.WriteLine("complete -c backup-metrics -s h -l help -d 'Explain the command'");
        foreach (var command in CommandTree.All(root))
        {
            var when = $"complete -c backup-metrics -n {Quote(Condition(command))}";
            foreach (var sub in command.Subcommands)
                to.WriteLine($"{when} -a {Quote(sub.Name)} -d {Quote(sub.Description!)}");
            foreach (var argument in command.Arguments)
            {
                var words = argument.GetCompletions(CompletionContext.Empty).Select(item => item.Label).ToList();
                if (words.Count > 0)
                    to.WriteLine($"{when} -a {Quote(string.Join(' ', words))}");
                if (argument.HelpName is "FILE" or "DIR")
                    to.WriteLine($"{when} -F");
            }

            foreach (var flag in DocumentedFlag.Of(command))
                to.WriteLine($"{when} -l {Quote(flag.Name[2..])}{Values(flag)} -d {Quote(Summary(flag.Text))}");
        }
    }

    static string Condition(Command command)
    {
        if (command is RootCommand)
            return "__fish_use_subcommand";
        var names = CommandTree.Path(command).Split(' ').Skip(1).Select(name => "__fish_seen_subcommand_from " + name);
        var none = command.Subcommands.Select(sub => sub.Name).ToList();
        return string.Join("; and ", none.Count == 0 ? names : names.Append("not __fish_seen_subcommand_from " + string.Join(' ', none)));
    }

    static string Values(DocumentedFlag flag) =>
        flag.Takes is null ? ""
        : flag.Words.Count > 0 ? $" -x -a {Quote(string.Join(' ', flag.Words))}"
        : flag.TakesDirectory ? " -x -a '(__fish_complete_directories)'"
        : flag.TakesFile ? " -r -F"
        : " -x";

    /// <summary>The first sentence or part.</summary>
    static string Summary(string text) => text.Split([". ", ": ", "; "], StringSplitOptions.None)[0];

    static string Quote(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
