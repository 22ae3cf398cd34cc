using System.CommandLine;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Cli;

/// <summary>
/// The flags of a command that can also be set by an environment variable. They are read as text. Configuration parses and checks the
/// values, because flags, variables and the file share one set of rules.
/// </summary>
internal sealed class CommandFlags(DocumentedCommand command)
{
    readonly List<Option> _options = [];

    /// <summary>Adds settings, each under the heading that its declaration names.</summary>
    public void Add(params ReadOnlySpan<SettingDefinition> settings)
    {
        foreach (var setting in settings)
            Add(setting, setting.Group);
    }

    /// <summary>Adds settings under one heading of this command.</summary>
    public void Add(SettingGroup group, params ReadOnlySpan<SettingDefinition> settings)
    {
        foreach (var setting in settings)
            Add(setting, group);
    }

    /// <summary>The flags that were given, as typed.</summary>
    public GivenFlags Read(ParseResult parsed)
    {
        var flags = new GivenFlags();
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

    void Add(SettingDefinition setting, SettingGroup group)
    {
        var name = "--" + setting.Name;
        Option option = setting is ListSetting ? new Option<string[]>(name) { Arity = ArgumentArity.OneOrMore } : new Option<string>(name);
        if (setting.Takes is null)
            option.Arity = ArgumentArity.Zero;
        option.HelpName = setting.Takes;
        option.Description = setting.Description;
        _options.Add(option);
        command.Add(option, setting with { Group = group });
    }
}
