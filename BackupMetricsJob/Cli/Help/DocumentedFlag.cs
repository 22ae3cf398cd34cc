using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Cli.Help;

/// <summary>A flag of a command as the help, the man page and the completion of a shell show it.</summary>
/// <param name="Name">With the dashes.</param>
/// <param name="Takes">What its value is; null without a value.</param>
/// <param name="Variable">Null if it has none.</param>
/// <param name="Words">What the value may be, or begin with; empty if that is not known.</param>
internal sealed record DocumentedFlag(
    string Name,
    string? Takes,
    string Text,
    string? Variable,
    SettingGroup Group,
    IReadOnlyList<string> Words
)
{
    public bool IsRequired { get; init; }

    public bool TakesFile => Names("FILE", "PATH");

    public bool TakesDirectory => Names("DIR");

    public string Title => Takes is null ? Name : $"{Name} {Takes}";

    /// <summary>In the order in which the command declares them.</summary>
    public static IReadOnlyList<DocumentedFlag> Of(Command command) =>
        [
            .. command
                .Options.Where(option => option is not (HelpOption or VersionOption) && !option.Hidden)
                .Select(option => Of(command, option)),
        ];

    static DocumentedFlag Of(Command command, Option option)
    {
        var setting = (command as DocumentedCommand)?.SettingOf(option);
        return new(
            option.Name,
            option.Arity.MaximumNumberOfValues == 0 ? null : option.HelpName,
            option.Description ?? "",
            setting is null ? null : Settings.Variable(setting.Name),
            setting?.Group ?? SettingGroup.Common,
            setting?.Words ?? [.. option.GetCompletions(CompletionContext.Empty).Select(item => item.Label)]
        )
        {
            IsRequired = option.Required,
        };
    }

    /// <summary>A value that is a command or a word as well is not completed as a path alone, but mostly it is one.</summary>
    bool Names(params ReadOnlySpan<string> kinds)
    {
        foreach (var kind in kinds)
        {
            if (Takes is not null && Takes.Split('|', '=', '[', ']').Contains(kind))
                return true;
        }

        return false;
    }
}
