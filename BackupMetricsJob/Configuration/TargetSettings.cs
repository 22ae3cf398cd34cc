using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Configuration;

/// <summary>A label of a target, and where it was set.</summary>
internal sealed record TargetLabel(string Name, string Value, ProblemOrigin Origin, SourceLocation? Location);

/// <summary>The limits of one type; empty if it has none.</summary>
internal sealed record TypeLimits(LimitType Type, IReadOnlyList<AgeLimit> Limits);

/// <summary>The settings of a target, or the defaults of several. Null and empty lists mean not set.</summary>
internal sealed record TargetSettings
{
    public static TargetSettings Empty { get; } = new();

    /// <summary>libpq keywords that a connection does not set. They take precedence over the environment.</summary>
    public IReadOnlyDictionary<string, string>? Keywords { get; init; }

    /// <summary>The password for a connection without one.</summary>
    public SecretSource? Password { get; init; }

    public IReadOnlyList<TargetLabel> Labels { get; init; } = [];

    public IReadOnlyList<TypeLimits> Limits { get; init; } = [];

    public SourceSelection? Sources { get; init; }

    public TimeSpan? Timeout { get; init; }

    /// <summary>How many storages must hold a recent enough backup.</summary>
    public int? Copies { get; init; }

    /// <summary>How far back a restore must reach; empty for no such limit.</summary>
    public IReadOnlyList<WindowLimit>? Window { get; init; }

    /// <summary>How `drill` restores the target's newest backup.</summary>
    public TargetDrill? Drill { get; init; }

    /// <summary>These settings, completed by defaults: labels by name, limits by type, keywords one by one.</summary>
    public TargetSettings WithDefaults(TargetSettings defaults) =>
        new()
        {
            Keywords = WithDefaults(Keywords, defaults.Keywords),
            Password = Password ?? (HasPassword(Keywords) ? null : defaults.Password),
            Labels = WithDefaults(Labels, defaults.Labels),
            Limits = WithDefaults(Limits, defaults.Limits),
            Sources = Sources ?? defaults.Sources,
            Timeout = Timeout ?? defaults.Timeout,
            Copies = Copies ?? defaults.Copies,
            Window = Window ?? defaults.Window,
            Drill = Drill?.WithDefaults(defaults.Drill) ?? defaults.Drill,
        };

    /// <summary>Whether the keywords include a password or a passfile.</summary>
    public static bool HasPassword(IReadOnlyDictionary<string, string>? keywords) =>
        keywords is not null && (keywords.ContainsKey("password") || keywords.ContainsKey("passfile"));

    static IReadOnlyDictionary<string, string>? WithDefaults(
        IReadOnlyDictionary<string, string>? upper,
        IReadOnlyDictionary<string, string>? defaults
    )
    {
        if (upper is null || defaults is null)
            return upper ?? defaults;
        var all = new Dictionary<string, string>(defaults, StringComparer.Ordinal);
        foreach (var (keyword, value) in upper)
            all[keyword] = value;
        return all;
    }

    static IReadOnlyList<TargetLabel> WithDefaults(IReadOnlyList<TargetLabel> upper, IReadOnlyList<TargetLabel> defaults) =>
        upper.Count == 0 ? defaults : [.. upper, .. defaults.Where(label => LabelParser.Find(upper, label.Name) is null)];

    static IReadOnlyList<TypeLimits> WithDefaults(IReadOnlyList<TypeLimits> upper, IReadOnlyList<TypeLimits> defaults) =>
        upper.Count == 0 ? defaults : [.. upper, .. defaults.Where(limits => upper.All(other => other.Type != limits.Type))];
}
