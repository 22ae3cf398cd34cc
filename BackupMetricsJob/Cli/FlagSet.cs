using System.CommandLine;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Cli;

/// <summary>
/// Flags of one command that can also be set by an environment variable. They are read as text: Configuration parses and checks the
/// values, since flags, variables and the file share one set of rules.
/// </summary>
internal sealed class FlagSet(Command command)
{
    readonly List<Option> _options = [];

    public void Add(string name, string value, string help) =>
        Add(new Option<string>("--" + name) { HelpName = value, Description = Describe(name, help) });

    /// <summary>The help ends with the default.</summary>
    public void AddDuration(string name, string help, TimeSpan? defaultValue = null) =>
        Add(name, "DURATION", defaultValue is { } value ? $"{help} ({DurationParser.Format(value)})" : help);

    /// <summary>A flag that may be repeated.</summary>
    public void AddMany(string name, string value, string help) =>
        Add(
            new Option<string[]>("--" + name)
            {
                HelpName = value,
                Description = Describe(name, help),
                Arity = ArgumentArity.OneOrMore,
            }
        );

    /// <summary>A flag without a value. When given, its value is "true".</summary>
    public void AddSwitch(string name, string help) =>
        Add(new Option<string>("--" + name) { Description = Describe(name, help), Arity = ArgumentArity.Zero });

    public void AddQuiet() => AddSwitch("quiet", "Write nothing to standard error unless something is wrong, or there is a warning");

    public void AddConnection() =>
        Add(
            "connection",
            "URI",
            "Database: postgresql://user@host/db or \"host=... user=...\". libpq's environment (PGHOST, ...) fills in what is missing"
        );

    /// <summary>The flags that were given, as typed.</summary>
    public Flags Read(ParseResult parsed)
    {
        var flags = new Flags();
        foreach (var option in _options)
        {
            if (parsed.GetResult(option) is { Implicit: false } result)
                flags.Add(
                    option.Name[2..],
                    option.Arity.MaximumNumberOfValues == 0 ? ["true"] : [.. result.Tokens.Select(token => token.Value)]
                );
        }

        return flags;
    }

    void Add(Option option)
    {
        _options.Add(option);
        command.Options.Add(option);
    }

    static string Describe(string name, string help) => $"{help} [{Settings.Variable(name)}]";
}
