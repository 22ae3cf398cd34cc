namespace BackupMetricsJob.Configuration;

/// <summary>Where an invalid setting comes from. The exit code depends on it.</summary>
internal enum ProblemOrigin
{
    /// <summary>The command line: 64.</summary>
    Flag,

    /// <summary>An environment variable, or a file that a setting names: 78.</summary>
    Configuration,
}

/// <summary>A problem of the settings: the setting, its value, and what is allowed. It never contains a secret.</summary>
internal sealed record Problem(ProblemOrigin Origin, string Message)
{
    const int MaxLength = 4000;

    /// <summary>Always one line.</summary>
    public string Message
    {
        get;
        init => field = BackupMetricsJob.Text.PlainText.OnOneLine(value, MaxLength);
    } = BackupMetricsJob.Text.PlainText.OnOneLine(Message, MaxLength);

    /// <summary>The location in a configuration file; null for a flag or a variable.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>Whether the problem is that a file is invalid or cannot be read.</summary>
    public bool IsInFile
    {
        get => field || Location is not null;
        init;
    }

    /// <summary>The message, after its location if it has one.</summary>
    public string Text => Location is null ? Message : $"{Location}: {Message}";
}
