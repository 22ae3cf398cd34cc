using System.CommandLine;

namespace BackupMetricsJob.Cli.Help;

/// <summary>Facts about the commands that the help, the man pages and shell completion share.</summary>
internal static class CommandTree
{
    public const string Program = "backup-metrics";

    /// <summary>The program itself, its commands, and their subcommands.</summary>
    public static IEnumerable<Command> All(Command root) => root.Subcommands.SelectMany(All).Prepend(root);

    /// <summary>The command as typed: backup-metrics catalog init.</summary>
    public static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : Program;

    public static string Usage(Command command)
    {
        var words = new List<string> { Path(command) };
        if (command.Subcommands.Count > 0)
            words.Add("COMMAND");
        foreach (var argument in command.Arguments)
        {
            var name = argument.HelpName ?? argument.Name;
            words.Add(argument.Arity.MinimumNumberOfValues > 0 ? name : $"[{name}]");
        }

        words.Add("[options]");
        return string.Join(' ', words);
    }

    /// <summary>One sentence on which of these flags have a variable; null if none has.</summary>
    public static string? Variables(IReadOnlyList<DocumentedFlag> flags)
    {
        var with = flags.Where(flag => flag.Variable is not null).ToList();
        if (with.Count == 0)
            return null;
        if (with.Count == flags.Count)
        {
            var longest = with.FirstOrDefault(flag => flag.Name.LastIndexOf('-') > 1) ?? with[0];
            return $"Every option has an environment variable: that of {longest.Name} is {longest.Variable}.";
        }

        return $"Options with an environment variable: {string.Join(", ", with.Select(flag => $"{flag.Name} ({flag.Variable})"))}.";
    }
}
