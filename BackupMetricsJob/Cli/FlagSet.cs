using System.CommandLine;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Cli;

/// <summary>
/// Flags of one command: each is declared with its variable in the help, and read word for word. Their values are read in Configuration,
/// not here.
/// </summary>
internal sealed class FlagSet(Command command)
{
    readonly List<Option> _options = [];

    public void Add(string name, string value, string help) =>
        Add(new Option<string>("--" + name) { HelpName = value, Description = Described(name, help) });

    /// <summary>One that may be given several times.</summary>
    public void AddMany(string name, string value, string help) =>
        Add(
            new Option<string[]>("--" + name)
            {
                HelpName = value,
                Description = Described(name, help),
                Arity = ArgumentArity.OneOrMore,
            }
        );

    /// <summary>One without a value; given, it is "true".</summary>
    public void AddSwitch(string name, string help) =>
        Add(new Option<string>("--" + name) { Description = Described(name, help), Arity = ArgumentArity.Zero });

    public void AddConnection() =>
        Add(
            "connection",
            "URI",
            "Database: postgresql://user@host/db or \"host=... user=...\"; "
                + "what it leaves open comes from PGHOST and the rest of libpq's environment"
        );

    /// <summary>What was typed. A flag that was not given is not there.</summary>
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

    static string Described(string name, string help) => $"{help} [{Settings.Variable(name)}]";
}
