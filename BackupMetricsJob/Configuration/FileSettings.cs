namespace BackupMetricsJob.Configuration;

/// <summary>How a target in a file says what to connect to: in keywords, or in a secret that holds the whole text.</summary>
internal sealed record FileConnection(SourceLocation Location)
{
    public IReadOnlyDictionary<string, string>? Keywords { get; init; }

    /// <summary>Where each keyword of a map stands; null for a text.</summary>
    public IReadOnlyDictionary<string, SourceLocation>? KeywordLocations { get; init; }

    public SecretSource? Secret { get; init; }
}

/// <summary>A target of a file, its file's defaults below it.</summary>
/// <param name="Path">What messages call it: targets[3].</param>
internal sealed record FileTarget(string Name, string Path, SourceLocation Location, TargetSettings Settings)
{
    /// <summary>Null where all of it comes from the defaults and the environment.</summary>
    public FileConnection? Connection { get; init; }

    /// <summary>Its own, not the defaults'.</summary>
    public SecretSource? Password { get; init; }

    /// <summary>Whether its connection is wrong, which has been told.</summary>
    public bool IsInvalid { get; init; }
}

/// <summary>A gateway as it was written, or what flags say about each of them; its secrets are not read yet.</summary>
internal sealed record GatewaySettings
{
    /// <summary>Null where only the rest of it is meant.</summary>
    public Setting? Url { get; init; }

    public SecretSource? Username { get; init; }

    public SecretSource? Password { get; init; }

    public SecretSource? Token { get; init; }

    public Setting? CaFile { get; init; }

    public Setting? CertFile { get; init; }

    public Setting? KeyFile { get; init; }

    public bool InsecureSkipVerify { get; init; }

    public TimeSpan? Timeout { get; init; }

    public bool HasCredentials => Username is not null || Password is not null || Token is not null;

    public bool HasTls => CaFile is not null || CertFile is not null || KeyFile is not null || InsecureSkipVerify;
}

/// <summary>What the configuration files say, each value right by itself; what is null was not said. No secret has been read yet.</summary>
internal sealed record FileSettings
{
    /// <summary>Whether every file could be read and nothing is wrong in it: else nothing follows from what is not in it.</summary>
    public bool IsValid { get; init; }

    public IReadOnlyList<GatewaySettings> Gateways { get; init; } = [];

    public string? Job { get; init; }

    public TimeSpan? Interval { get; init; }

    public TimeSpan? Deadline { get; init; }

    public TimeSpan? Splay { get; init; }

    public int? Concurrency { get; init; }

    public Setting? Shards { get; init; }

    /// <summary>Of `schedule` alone, which judges it; so is the time zone.</summary>
    public Setting? Cron { get; init; }

    public Setting? TimeZone { get; init; }

    /// <summary>Of `schedule` alone; it is known to be a duration.</summary>
    public Setting? Grace { get; init; }

    /// <summary>Of `schedule` alone, which judges it.</summary>
    public Setting? Listen { get; init; }

    /// <summary>Of `schedule` alone: a path.</summary>
    public Setting? WebConfig { get; init; }

    public bool? LegacyNames { get; init; }

    public bool? FailOnTarget { get; init; }

    public IReadOnlyList<TargetLabel> Grouping { get; init; } = [];

    /// <summary>Of the main file: also for a target that is given by flags.</summary>
    public TargetSettings Defaults { get; init; } = TargetSettings.Empty;

    /// <summary>Of all files, each name once.</summary>
    public IReadOnlyList<FileTarget> Targets { get; init; } = [];

    /// <summary>What to say where there is no target at all; null where a run from flags alone is as good.</summary>
    public Problem? NoTargetsProblem { get; init; }
}
