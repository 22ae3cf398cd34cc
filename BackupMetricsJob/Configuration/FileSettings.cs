namespace BackupMetricsJob.Configuration;

/// <summary>The connection of a target in a file: keywords, or a secret that holds the connection string.</summary>
internal sealed record FileConnection(SourceLocation Location)
{
    public IReadOnlyDictionary<string, string>? Keywords { get; init; }

    /// <summary>The location of each keyword of a map; null for a connection string.</summary>
    public IReadOnlyDictionary<string, SourceLocation>? KeywordLocations { get; init; }

    public SecretSource? Secret { get; init; }
}

/// <summary>A target of a file, with the defaults of that file.</summary>
/// <param name="Path">The target's name in messages: targets[3].</param>
internal sealed record FileTarget(string Name, string Path, SourceLocation Location, TargetSettings Settings)
{
    /// <summary>Null if everything comes from the defaults and the environment.</summary>
    public FileConnection? Connection { get; init; }

    /// <summary>The target's own password, not that of the defaults.</summary>
    public SecretSource? Password { get; init; }

    /// <summary>Whether its connection is invalid. The problem has been added.</summary>
    public bool IsInvalid { get; init; }
}

/// <summary>The settings of one gateway, or those of flags for all gateways. The secrets have not been read yet.</summary>
internal sealed record GatewaySettings
{
    /// <summary>Null for settings of all gateways.</summary>
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

/// <summary>The contents of the configuration files. Every value is valid; null means not set. No secret has been read yet.</summary>
internal sealed record FileSettings
{
    /// <summary>Whether all files could be read without problems. If not, a missing setting means nothing.</summary>
    public bool IsValid { get; init; }

    public IReadOnlyList<GatewaySettings> Gateways { get; init; } = [];

    /// <summary>Known to end in .prom.</summary>
    public Setting? Textfile { get; init; }

    public HeartbeatSettings? Heartbeat { get; init; }

    public string? Job { get; init; }

    public TimeSpan? Interval { get; init; }

    public TimeSpan? Deadline { get; init; }

    public TimeSpan? Splay { get; init; }

    public int? Concurrency { get; init; }

    public Setting? Shards { get; init; }

    // The settings from here to WebConfig are only used, and checked, by `schedule`.
    public Setting? Cron { get; init; }

    public Setting? TimeZone { get; init; }

    /// <summary>Known to be a duration.</summary>
    public Setting? Grace { get; init; }

    public Setting? Listen { get; init; }

    public Setting? WebConfig { get; init; }

    public bool? LegacyNames { get; init; }

    public bool? FailOnTarget { get; init; }

    public IReadOnlyList<TargetLabel> Grouping { get; init; } = [];

    /// <summary>The defaults of the main file. They also apply to a target that is given by flags.</summary>
    public TargetSettings Defaults { get; init; } = TargetSettings.Empty;

    /// <summary>From all files, with unique names.</summary>
    public IReadOnlyList<FileTarget> Targets { get; init; } = [];

    /// <summary>The problem if no file has a target; null if that is allowed, because flags may give the target.</summary>
    public Problem? NoTargetsProblem { get; init; }
}
