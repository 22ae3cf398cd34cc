using System.CommandLine;
using System.CommandLine.Invocation;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Cli.Help;

/// <summary>The output of `--help`, within 80 columns: the flags in groups, most needed first, then examples.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    const int Width = 79;
    const int MaxColumn = 26;

    /// <summary>`run --config` without a file, and with --help, is a question, not a mistake.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command, parseResult.InvocationConfiguration.Output);
        return 0;
    }

    public static void Write(Command command, TextWriter to)
    {
        to.WriteLine($"Usage: {CommandTree.Usage(command)}");
        to.WriteLine();
        WriteText(to, command.Description + ".");
        if (command is DocumentedCommand { Details: { Length: > 0 } details })
        {
            to.WriteLine();
            WriteText(to, details);
        }

        WriteEntries(to, "Commands", command.Subcommands, sub => sub.Name, sub => sub.Description!);
        WriteEntries(to, "Arguments", command.Arguments, one => one.HelpName ?? one.Name, one => one.Description!);
        var flags = DocumentedFlag.Of(command);
        foreach (var group in flags.GroupBy(flag => flag.Group).OrderBy(group => group.Key))
            WriteEntries(to, Heading(group.Key, flags), group, flag => flag.Title, Describe);
        if (command.Subcommands.Count > 0)
        {
            to.WriteLine();
            WriteText(to, $"\"{CommandTree.Path(command)} COMMAND --help\" explains a command.");
            if (command is RootCommand)
                WriteText(to, "\"--version\" shows the version.");
        }

        WriteExamples(to, command);
        WriteVariables(to, flags);
        if (command is RootCommand)
            WriteEntries(to, "Exit codes", ExitCodeTexts.All, code => code.Code, code => code.Meaning);
        else if (command is DocumentedCommand { ExitCodes: { } codes })
        {
            to.WriteLine();
            WriteText(to, "Exit codes: " + codes);
        }
    }

    static string Heading(SettingGroup group, IReadOnlyList<DocumentedFlag> flags) =>
        flags.All(flag => flag.Group == SettingGroup.Common) ? "Options" : $"{group} options";

    static string Describe(DocumentedFlag flag) => flag.IsRequired ? flag.Text + " (required)" : flag.Text;

    static void WriteExamples(TextWriter to, Command command)
    {
        if (command is not DocumentedCommand { Examples: { Count: > 0 } examples })
            return;
        to.WriteLine();
        to.WriteLine("Examples:");
        foreach (var (meaning, line) in examples)
        {
            to.WriteLine($"  # {meaning}");
            foreach (var part in line.Split('\n'))
                to.WriteLine($"  {part}");
        }
    }

    static void WriteVariables(TextWriter to, IReadOnlyList<DocumentedFlag> flags)
    {
        if (CommandTree.Variables(flags) is not { } text)
            return;
        to.WriteLine();
        WriteText(to, text);
    }

    static void WriteText(TextWriter to, string text)
    {
        foreach (var line in WrappedText.Wrap(text, Width))
            to.WriteLine(line);
    }

    static void WriteEntries<T>(TextWriter to, string heading, IEnumerable<T> entries, Func<T, string> name, Func<T, string> text)
    {
        var all = entries.Select(entry => (Name: name(entry), Text: text(entry))).ToList();
        if (all.Count == 0)
            return;
        to.WriteLine();
        to.WriteLine($"{heading}:");
        var column = Math.Min(MaxColumn, all.Max(entry => entry.Name.Length) + 4);
        foreach (var entry in all)
            WrappedText.WriteEntry(to, entry.Name, entry.Text, column, Width);
    }
}
