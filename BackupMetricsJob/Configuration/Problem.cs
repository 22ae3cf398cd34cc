namespace BackupMetricsJob.Configuration;

/// <summary>Where a wrong setting was written, which decides the exit code.</summary>
internal enum ProblemOrigin
{
    /// <summary>On the command line: 64.</summary>
    Flag,

    /// <summary>In an environment variable or in a file that a setting names: 78.</summary>
    Configuration,
}

/// <summary>One thing that is wrong with the settings: what, its value, and what is allowed. It never holds a secret.</summary>
internal sealed record Problem(ProblemOrigin Origin, string Message)
{
    const int MaxLength = 4000;

    /// <summary>One line, whatever the value that is shown in it.</summary>
    public string Message
    {
        get;
        init => field = BackupMetricsJob.Text.PlainText.OnOneLine(value, MaxLength);
    } = BackupMetricsJob.Text.PlainText.OnOneLine(Message, MaxLength);

    /// <summary>Where in a configuration file it is; null for a flag or a variable.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>Whether a file that somebody named is wrong, or cannot be read.</summary>
    public bool IsInFile
    {
        get => field || Location is not null;
        init;
    }

    /// <summary>The whole line to show, but for the program's name where there is no place.</summary>
    public string Text => Location is null ? Message : $"{Location}: {Message}";
}
