using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Configuration;

/// <summary>The group that a run replaces: job, then run, then shard, then the user's own.</summary>
internal static class GroupReader
{
    /// <summary>The user's own: flags or variables over the file, by name.</summary>
    public static IReadOnlyList<TargetLabel> ReadExtraLabels(Settings settings, FileSettings? files, ICollection<Problem> problems)
    {
        var own = LabelParser.Read(settings.All("grouping"), problems);
        return [.. own, .. (files?.Grouping ?? []).Where(label => LabelParser.Find(own, label.Name) is null)];
    }

    public static Setting Job(Settings settings, FileSettings? files) =>
        settings.One("job") ?? new("job", ProblemOrigin.Configuration, files?.Job ?? "backup_metrics");

    /// <param name="job">The first of it.</param>
    /// <param name="run">So that hosts with a job each do not erase one another; null for a run whose targets come from a file.</param>
    /// <param name="shard">Null for none.</param>
    /// <param name="own">The user's own.</param>
    /// <param name="problems">Gets what is wrong with it.</param>
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
                    new(label.Origin, "grouping label shard: must not be given to a job with shards: each has it by itself")
                    {
                        Location = label.Location,
                    }
                );
            else
                labels.Add(new(label.Name, label.Value));
        }

        var said = new List<string>();
        var key = GroupingKey.TryCreate(job.Value, labels, said);
        foreach (var problem in said)
            problems.Add(job.CreateProblem(problem));
        return key;
    }

    /// <summary>
    /// A label of the group would be overwritten by the gateway: it is a problem for each target's label of that name, told once.
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
            if (group.Labels.Any(of => of.Name == label.Name) && reported.Add(label))
                problems.Add(
                    new(label.Origin, $"label {label.Name} is a label of the grouping key, too: the gateway would overwrite it")
                    {
                        Location = label.Location,
                    }
                );
        }
    }
}
