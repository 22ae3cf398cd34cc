using System.CommandLine;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Cli.Help;

/// <summary>A command line to copy, and what it does. A long one is broken with a backslash.</summary>
internal sealed record Example(string Meaning, string Line);

/// <summary>A command with everything that its help, man page and shell completion say about it.</summary>
/// <param name="summary">One sentence, without a full stop.</param>
internal sealed class DocumentedCommand(string name, string summary) : Command(name, summary)
{
    readonly Dictionary<Option, SettingDefinition> _settings = [];

    /// <summary>Paragraphs after the summary. A line that begins with a blank is printed as it is.</summary>
    public string Details { get; init; } = "";

    /// <summary>What the exit codes of this command mean, if they differ from what `backup-metrics --help` says; else null.</summary>
    public string? ExitCodes { get; init; }

    public IReadOnlyList<Example> Examples { get; init; } = [];

    public void Add(Option option, SettingDefinition setting)
    {
        Options.Add(option);
        _settings.Add(option, setting);
    }

    /// <summary>Null for a flag that has no variable.</summary>
    public SettingDefinition? SettingOf(Option option) => _settings.GetValueOrDefault(option);
}
