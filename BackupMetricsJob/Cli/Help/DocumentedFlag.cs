using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Cli.Help;

/// <summary>A flag of a command as shown by the help, the man page and shell completion.</summary>
/// <param name="Name">The name with its dashes.</param>
/// <param name="Takes">The placeholder of its value; null for a flag without a value.</param>
/// <param name="Variable">The environment variable; null if there is none.</param>
/// <param name="Words">What the value may be, or begin with; empty if unknown.</param>
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

    /// <summary>The flags of a command, in the order of declaration.</summary>
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
            setting is null ? null : GivenSettings.Variable(setting.Name),
            setting?.Group ?? SettingGroup.Common,
            setting?.Words ?? [.. option.GetCompletions(CompletionContext.Empty).Select(item => item.Label)]
        )
        {
            IsRequired = option.Required,
        };
    }

    /// <summary>
    /// Whether the value is a path. One that may also be a command or a word is not completed only as a path, but mostly it is one.
    /// </summary>
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
