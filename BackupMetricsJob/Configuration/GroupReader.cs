using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Configuration;

/// <summary>Reads the grouping key of a run: job, run, shard, and the labels of --grouping.</summary>
internal static class GroupReader
{
    /// <summary>The labels of --grouping. Flags and variables override those of the file by name.</summary>
    public static IReadOnlyList<TargetLabel> ReadExtraLabels(GivenSettings settings, FileSettings? files, ICollection<Problem> problems)
    {
        var own = LabelParser.Read(settings.All(JobSettings.Grouping), problems);
        return [.. own, .. (files?.Grouping ?? []).Where(label => LabelParser.Find(own, label.Name) is null)];
    }

    public static Setting Job(GivenSettings settings, FileSettings? files) =>
        settings.One(JobSettings.Job) ?? new("job", ProblemOrigin.Configuration, files?.Job ?? JobDefaults.Job);

    /// <param name="job">The label job.</param>
    /// <param name="run">Keeps the groups of several hosts apart; null if the targets come from a file.</param>
    /// <param name="shard">Null if the job is not sharded.</param>
    /// <param name="own">The labels of --grouping.</param>
    /// <param name="problems">Receives the problems of the labels.</param>
    public static GroupingKey? Read(Setting job, string? run, Shard? shard, IReadOnlyList<TargetLabel> own, ICollection<Problem> problems)
    {
        var labels = new List<GroupingLabel>();
        if (run is not null && LabelParser.Find(own, "run") is null)
            labels.Add(new("run", run));
        if (shard is not null)
            labels.Add(new("shard", shard.Index.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        foreach (var label in own)
        {
            if (shard is not null && label.Name == "shard")
                problems.Add(
                    new(label.Origin, "grouping label shard: not allowed for a job with shards, which set this label themselves")
                    {
                        Location = label.Location,
                    }
                );
            else
                labels.Add(new(label.Name, label.Value));
        }

        var messages = new List<string>();
        var key = GroupingKey.TryCreate(job.Value, labels, messages);
        foreach (var problem in messages)
            problems.Add(job.CreateProblem(problem));
        return key;
    }

    /// <summary>
    /// The gateway overwrites a label that is also in the grouping key. Each such label of a target is one problem.
    /// </summary>
    public static void RejectConflicts(
        GroupingKey group,
        IReadOnlyList<TargetLabel> labels,
        HashSet<TargetLabel> reported,
        ICollection<Problem> problems
    )
    {
        foreach (var label in labels)
        {
            if (group.Labels.Any(other => other.Name == label.Name) && reported.Add(label))
                problems.Add(
                    new(label.Origin, $"label {label.Name} is also a label of the grouping key, so the gateway would overwrite it")
                    {
                        Location = label.Location,
                    }
                );
        }
    }
}
