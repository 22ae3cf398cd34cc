using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration;

/// <summary>One value and where it came from: "--timeout", "BACKUP_METRICS_TIMEOUT", or "timeout" at a place of a file.</summary>
internal sealed record Setting(string Origin, ProblemOrigin Kind, string Value)
{
    /// <summary>Null for a flag or a variable.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>Its value is shown, unless it looks like a connection with its password.</summary>
    public Problem Wrong(string allowed) =>
        Redaction.MayHoldPassword(Value) ? CreateProblem("must be " + allowed) : Create($"{Origin} \"{Value}\": must be {allowed}");

    public Problem CreateProblem(string problem) => Create($"{Origin}: {problem}");

    Problem Create(string message) => new(Kind, message) { Location = Location };
}

/// <summary>Settings by name: the flag's, else the environment's. A variable that is set to nothing counts as not set.</summary>
internal sealed class Settings(Flags flags, IReadOnlyDictionary<string, string> environment)
{
    public const string Prefix = "BACKUP_METRICS_";

    public static string Variable(string name) => Prefix + name.Replace('-', '_').ToUpperInvariant();

    public Setting? One(string name)
    {
        if (flags.Values(name) is [.., var last])
            return new("--" + name, ProblemOrigin.Flag, last);
        return environment.GetValueOrDefault(Variable(name)) is { Length: > 0 } value
            ? new(Variable(name), ProblemOrigin.Configuration, value)
            : null;
    }

    /// <summary>All values of a setting that may be given several times; in the environment they are joined by commas.</summary>
    public IReadOnlyList<Setting> All(string name)
    {
        if (flags.Values(name) is { Count: > 0 } values)
            return [.. values.Select(value => new Setting("--" + name, ProblemOrigin.Flag, value))];
        if (environment.GetValueOrDefault(Variable(name)) is not { Length: > 0 } joined)
            return [];
        var parts = joined.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return [.. parts.Select(part => new Setting(Variable(name), ProblemOrigin.Configuration, part))];
    }
}
