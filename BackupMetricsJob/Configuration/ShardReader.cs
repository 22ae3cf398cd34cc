using System.Globalization;

namespace BackupMetricsJob.Configuration;

/// <summary>
/// The shard of a run: --shard I/N, or --shards N (shards: N in the file) with the index that Kubernetes gives each pod of an Indexed Job.
/// </summary>
internal static class ShardReader
{
    const string IndexVariable = "JOB_COMPLETION_INDEX";

    /// <summary>The setting that takes precedence; null if the job is not sharded.</summary>
    public static Setting? FindSetting(GivenSettings settings, FileSettings? files, ICollection<Problem> problems)
    {
        var (shard, shards) = (settings.One(JobSettings.Shard), settings.One(JobSettings.Shards));
        if (shard is not null && shards is not null && shard.Origin == shards.Origin)
            problems.Add(shards.CreateProblem($"cannot be combined with {shard.Name}, which includes the number of shards"));
        if (shard is not null && shards is not null)
            return shard.Origin == ProblemOrigin.Flag ? shard : shards;
        return shard ?? shards ?? files?.Shards;
    }

    /// <summary>Null, and a problem, if it is invalid.</summary>
    public static Shard? Read(Setting setting, IReadOnlyDictionary<string, string> environment, ICollection<Problem> problems)
    {
        var hasIndex = setting.Name == "--" + JobSettings.Shard.Name || setting.Name == GivenSettings.Variable(JobSettings.Shard.Name);
        if (hasIndex)
            return ReadIndexAndCount(setting, problems);
        if (setting.ReadNumber(1, JobDefaults.MaxShards, problems) is not { } count)
            return null;
        if (environment.GetValueOrDefault(IndexVariable) is not { Length: > 0 } index)
        {
            problems.Add(
                setting.CreateProblem(
                    $"{IndexVariable} is not set, so the index of this shard is unknown (a Kubernetes Indexed Job sets it). "
                        + $"Elsewhere, set --shard INDEX/{count}"
                )
            );
            return null;
        }

        if (int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < count)
            return new(number, count);
        problems.Add(
            new(
                ProblemOrigin.Configuration,
                $"{IndexVariable} \"{index}\": must be a whole number from 0 to {count - 1}, as there are {count} shards"
            )
        );
        return null;
    }

    static Shard? ReadIndexAndCount(Setting setting, ICollection<Problem> problems)
    {
        var slash = setting.Value.IndexOf('/', StringComparison.Ordinal);
        if (
            slash > 0
            && int.TryParse(setting.Value.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && int.TryParse(setting.Value.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is >= 1 and <= JobDefaults.MaxShards
            && index < count
        )
            return new(index, count);
        problems.Add(
            setting.InvalidValue(
                $"INDEX/COUNT, like 0/4 for the first of four: COUNT from 1 to {JobDefaults.MaxShards}, INDEX less than COUNT"
            )
        );
        return null;
    }
}
