using System.Globalization;

namespace BackupMetricsJob.Configuration;

/// <summary>
/// Which shard a run is about: --shard I/N, or --shards N (shards: N in the file) with the index that Kubernetes gives a pod of an Indexed
/// Job.
/// </summary>
internal static class ShardReader
{
    const string IndexVariable = "JOB_COMPLETION_INDEX";

    /// <summary>The setting that counts; null where the job is not sharded.</summary>
    public static Setting? FindSetting(Settings settings, FileSettings? files, ICollection<Problem> problems)
    {
        var (shard, shards) = (settings.One("shard"), settings.One("shards"));
        if (shard is not null && shards is not null && shard.Origin == shards.Origin)
            problems.Add(shards.CreateProblem($"must not be given together with {shard.Name}, which says how many there are"));
        if (shard is not null && shards is not null)
            return shard.Origin == ProblemOrigin.Flag ? shard : shards;
        return shard ?? shards ?? files?.Shards;
    }

    /// <summary>Null, and one more problem, where it names no shard.</summary>
    public static Shard? Read(Setting setting, IReadOnlyDictionary<string, string> environment, ICollection<Problem> problems)
    {
        var isBoth = setting.Name == "--shard" || setting.Name == Settings.Variable("shard");
        if (isBoth)
            return ReadIndexAndCount(setting, problems);
        if (RunLimits.ReadNumber(setting, 1, RunLimits.MaxShards, problems) is not { } count)
            return null;
        if (environment.GetValueOrDefault(IndexVariable) is not { Length: > 0 } index)
        {
            problems.Add(
                setting.CreateProblem(
                    $"{IndexVariable} is not set, which says which of the {count} shards this is (a Kubernetes Indexed Job sets it); "
                        + $"else give --shard INDEX/{count}"
                )
            );
            return null;
        }

        if (int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < count)
            return new(number, count);
        problems.Add(
            new(
                ProblemOrigin.Configuration,
                $"{IndexVariable} \"{index}\": must be a whole number of 0 to {count - 1}: there are {count} shards"
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
            && count is >= 1 and <= RunLimits.MaxShards
            && index < count
        )
            return new(index, count);
        problems.Add(
            setting.InvalidValue($"INDEX/COUNT, like 0/4 for the first of four: a count of 1 to {RunLimits.MaxShards}, an index below it")
        );
        return null;
    }
}
