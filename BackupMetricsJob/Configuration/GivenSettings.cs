using System.Globalization;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration;

/// <summary>One value of a flag, a variable or a key of a file.</summary>
/// <param name="Name">As the user wrote it: "--timeout", "BACKUP_METRICS_TIMEOUT" or "timeout".</param>
internal sealed record Setting(string Name, ProblemOrigin Origin, string Value)
{
    /// <summary>Null for a flag or a variable.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>The message shows the value, unless it looks like a connection string, which may hold a password.</summary>
    public Problem InvalidValue(string allowed) =>
        Redaction.MayHoldPassword(Value) ? CreateProblem("must be " + allowed) : Create($"{Name} \"{Value}\": must be {allowed}");

    /// <summary>Null, and a problem, if it is not a whole number in this range.</summary>
    public int? ReadNumber(int min, int max, ICollection<Problem> problems)
    {
        if (int.TryParse(Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        problems.Add(InvalidValue($"a whole number from {min} to {max}"));
        return null;
    }

    /// <summary>The number of a setting that is known to be one.</summary>
    public int ParseNumber() => int.Parse(Value, NumberStyles.None, CultureInfo.InvariantCulture);

    public Problem CreateProblem(string problem) => Create($"{Name}: {problem}");

    Problem Create(string message) => new(Origin, message) { Location = Location };
}

/// <summary>Settings by name: flags take precedence over variables. An empty variable counts as not set.</summary>
internal sealed class GivenSettings(GivenFlags flags, IReadOnlyDictionary<string, string> environment)
{
    public const string Prefix = "BACKUP_METRICS_";

    public static string Variable(string name) => Prefix + name.Replace('-', '_').ToUpperInvariant();

    public Setting? One(SettingDefinition definition)
    {
        var name = definition.Name;
        if (flags.Values(name) is [.., var last])
            return new("--" + name, ProblemOrigin.Flag, last);
        return environment.GetValueOrDefault(Variable(name)) is { Length: > 0 } value
            ? new(Variable(name), ProblemOrigin.Configuration, value)
            : null;
    }

    /// <summary>The values of a repeatable setting. In a variable they are separated by commas.</summary>
    public IReadOnlyList<Setting> All(SettingDefinition definition)
    {
        var name = definition.Name;
        if (flags.Values(name) is { Count: > 0 } values)
            return [.. values.Select(value => new Setting("--" + name, ProblemOrigin.Flag, value))];
        if (environment.GetValueOrDefault(Variable(name)) is not { Length: > 0 } joined)
            return [];
        var parts = joined.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return [.. parts.Select(part => new Setting(Variable(name), ProblemOrigin.Configuration, part))];
    }
}
