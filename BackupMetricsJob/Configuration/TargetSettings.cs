using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Configuration;

/// <summary>A label of a target and where it was given.</summary>
internal sealed record TargetLabel(string Name, string Value, ProblemOrigin Origin, SourceLocation? Location);

/// <summary>The limits of one type; empty where it is to have none.</summary>
internal sealed record TypeLimits(LimitType Type, IReadOnlyList<AgeLimit> Limits);

/// <summary>What is said about a target, or about many as their defaults; what is null or not in a list was not said.</summary>
internal sealed record TargetSettings
{
    public static TargetSettings Nothing { get; } = new();

    /// <summary>libpq's keywords that fill what a connection leaves open, before the environment does.</summary>
    public IReadOnlyDictionary<string, string>? Keywords { get; init; }

    /// <summary>The password of a connection that has none.</summary>
    public SecretSource? Password { get; init; }

    public IReadOnlyList<TargetLabel> Labels { get; init; } = [];

    public IReadOnlyList<TypeLimits> Limits { get; init; } = [];

    public SourceText? Sources { get; init; }

    public TimeSpan? Timeout { get; init; }

    /// <summary>This where it says something, else what is below it: labels by name, limits by type, keywords each by itself.</summary>
    public TargetSettings Over(TargetSettings below) =>
        new()
        {
            Keywords = Over(Keywords, below.Keywords),
            Password = Password ?? (HasPassword(Keywords) ? null : below.Password),
            Labels = Over(Labels, below.Labels),
            Limits = Over(Limits, below.Limits),
            Sources = Sources ?? below.Sources,
            Timeout = Timeout ?? below.Timeout,
        };

    /// <summary>Whether the keywords say a password, or where it stands.</summary>
    public static bool HasPassword(IReadOnlyDictionary<string, string>? keywords) =>
        keywords is not null && (keywords.ContainsKey("password") || keywords.ContainsKey("passfile"));

    static IReadOnlyDictionary<string, string>? Over(IReadOnlyDictionary<string, string>? upper, IReadOnlyDictionary<string, string>? below)
    {
        if (upper is null || below is null)
            return upper ?? below;
        var all = new Dictionary<string, string>(below, StringComparer.Ordinal);
        foreach (var (keyword, value) in upper)
            all[keyword] = value;
        return all;
    }

    static IReadOnlyList<TargetLabel> Over(IReadOnlyList<TargetLabel> upper, IReadOnlyList<TargetLabel> below) =>
        upper.Count == 0 ? below : [.. upper, .. below.Where(label => LabelText.Find(upper, label.Name) is null)];

    static IReadOnlyList<TypeLimits> Over(IReadOnlyList<TypeLimits> upper, IReadOnlyList<TypeLimits> below) =>
        upper.Count == 0 ? below : [.. upper, .. below.Where(limits => upper.All(other => other.Type != limits.Type))];
}
