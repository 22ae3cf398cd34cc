using System.CommandLine;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Cli.Help;

/// <summary>The man page of a command, in section 1, from the same declarations as its help.</summary>
internal sealed class ManPage(TextWriter to)
{
    /// <summary>The file name, such as backup-metrics-catalog-init.1.</summary>
    public static string FileName(Command command) => Name(command) + ".1";

    /// <param name="version">This program's version, shown at the bottom.</param>
    public static void Write(Command command, string version, TextWriter to) => new ManPage(to).Write(command, version);

    static string Name(Command command) => CommandTree.Path(command).Replace(' ', '-');

    void Write(Command command, string version)
    {
        to.WriteLine(
            $".TH \"{Name(command).ToUpperInvariant()}\" \"1\" \"\" \"{CommandTree.Program} {version}\" \"{CommandTree.Program}\""
        );
        // No hyphenation, and ragged right: flags and commands stay whole.
        to.WriteLine(".nh\n.ad l");
        Section("NAME");
        to.WriteLine($"{Escape(Name(command))} \\- {Escape(Lower(command.Description!))}");
        Section("SYNOPSIS");
        to.WriteLine($".B {Escape(CommandTree.Usage(command))}");
        Section("DESCRIPTION");
        Text(command.Description + ".");
        if (command is DocumentedCommand { Details: { Length: > 0 } details })
        {
            to.WriteLine(".PP");
            Text(details);
        }

        Commands(command);
        var flags = DocumentedFlag.Of(command);
        Options(command, flags);
        Examples(command);
        ExitStatus(command);
        Environment(flags);
        SeeAlso(command);
    }

    void Commands(Command command)
    {
        if (command.Subcommands.Count == 0)
            return;
        Section("COMMANDS");
        foreach (var sub in command.Subcommands)
            Entry($".BR {Escape(Name(sub))} (1)", sub.Description!);
    }

    void Options(Command command, IReadOnlyList<DocumentedFlag> flags)
    {
        Section("OPTIONS");
        foreach (var argument in command.Arguments)
            Entry($".I {Escape(argument.HelpName ?? argument.Name)}", argument.Description!);
        foreach (var group in flags.GroupBy(flag => flag.Group).OrderBy(group => group.Key))
        {
            if (group.Count() < flags.Count)
                to.WriteLine($".SS \"{group.Key} options\"");
            foreach (var flag in group)
            {
                Entry(
                    flag.Takes is null ? $".B {Escape(flag.Name)}" : $".BI {Escape(flag.Name)} \" {Escape(flag.Takes)}\"",
                    flag.Text + (flag.IsRequired ? " (required)" : "") + (flag.Variable is { } variable ? $" [{variable}]" : "")
                );
            }
        }

        if (flags.Any(flag => flag.Group != SettingGroup.Common))
            to.WriteLine(".SS \"Help\"");
        Entry(".BR \\-h \", \" \\-\\-help", "Print a shorter text than this one");
        if (command is RootCommand)
            Entry(".B \\-\\-version", "Print the version");
    }

    void Examples(Command command)
    {
        if (command is not DocumentedCommand { Examples: { Count: > 0 } examples })
            return;
        Section("EXAMPLES");
        foreach (var (meaning, line) in examples)
        {
            to.WriteLine(Escape(meaning) + ":");
            to.WriteLine(".PP");
            Verbatim(line.Split('\n'));
            to.WriteLine(".PP");
        }
    }

    void ExitStatus(Command command)
    {
        Section("EXIT STATUS");
        if (command is DocumentedCommand { ExitCodes: { } own })
        {
            Text(own);
            return;
        }

        foreach (var (code, meaning) in ExitCodeTexts.All)
            Entry($".B {code}", meaning);
    }

    void Environment(IReadOnlyList<DocumentedFlag> flags)
    {
        if (CommandTree.Variables(flags) is not { } text)
            return;
        Section("ENVIRONMENT");
        Text(text);
        Text(
            "A flag overrides its variable. An empty variable counts as not set. "
                + "In the variable of a repeatable option, commas separate the values."
        );
        Text("The variables of libpq (PGHOST, PGUSER, PGPASSFILE, PGSERVICE, ...) fill in what a connection does not say.");
    }

    void SeeAlso(Command command)
    {
        Section("SEE ALSO");
        var others = command.Parents.OfType<Command>().Concat(command.Subcommands).Select(Name).Append("psql");
        to.WriteLine(string.Join("\n", others.Select(name => $".BR {Escape(name)} (1)")));
    }

    void Section(string name) => to.WriteLine($".SH \"{name}\"");

    void Entry(string title, string text)
    {
        to.WriteLine(".TP");
        to.WriteLine(title);
        Text(text);
    }

    /// <summary>A line that begins with a blank is printed as it is.</summary>
    void Text(string text)
    {
        var verbatim = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            if (line is [' ', ..])
            {
                verbatim.Add(line);
                continue;
            }

            Flush();
            to.WriteLine(line.Length == 0 ? ".PP" : Escape(line));
        }

        Flush();

        void Flush()
        {
            if (verbatim.Count > 0)
                Verbatim(verbatim);
            verbatim.Clear();
        }
    }

    void Verbatim(IEnumerable<string> lines)
    {
        to.WriteLine(".nf");
        foreach (var line in lines)
            to.WriteLine(Escape(line));
        to.WriteLine(".fi");
    }

    static string Lower(string text) => char.ToLowerInvariant(text[0]) + text[1..];

    /// <summary>Escapes what roff would take for a request or an escape. A minus stays a minus, so that it can be copied.</summary>
    static string Escape(string text)
    {
        var escaped = text.Replace("\\", "\\e", StringComparison.Ordinal)
            .Replace("-", "\\-", StringComparison.Ordinal)
            .Replace("'", "\\(aq", StringComparison.Ordinal)
            .Replace("\"", "\\(dq", StringComparison.Ordinal)
            .Replace("~", "\\(ti", StringComparison.Ordinal)
            .Replace("^", "\\(ha", StringComparison.Ordinal);
        return escaped is ['.', ..] ? "\\&" + escaped : escaped;
    }
}
