namespace BackupMetricsJob.Configuration;

/// <summary>Reads the path of the file for node_exporter's textfile collector.</summary>
internal static class TextfileReader
{
    public const string Ending = ".prom";
    public const string Allowed = "a file whose name ends in .prom: node_exporter reads no others";

    /// <param name="subset">The --target, whose result must not replace that of all targets; null for all of them.</param>
    /// <param name="warnings">Receives the reason if the file of all targets is not written.</param>
    public static Setting? Find(GivenSettings settings, FileSettings? files, Setting? subset, ICollection<string> warnings)
    {
        var setting = settings.One(JobSettings.Textfile) ?? files?.Textfile;
        if (setting is null || subset is null || setting.Origin == ProblemOrigin.Flag)
            return setting;
        warnings.Add(
            $"{subset.Name}: {setting.Name} is not written, because it has all targets. Set --textfile FILE for a file of their own"
        );
        return null;
    }

    /// <summary>node_exporter answers with an error if two of its files have the same series.</summary>
    public static Problem NeedsGroup(Setting subset) =>
        new(
            ProblemOrigin.Flag,
            $"--textfile: with {subset.Name} it needs --grouping NAME=VALUE, too. Without it the series in that file would be those "
                + "in the file of all targets, and node_exporter does not accept the same series twice"
        );

    /// <param name="shard">Null if the job is not sharded.</param>
    public static void Check(Setting textfile, Setting? shard, ICollection<Problem> problems)
    {
        if (!textfile.Value.EndsWith(Ending, StringComparison.Ordinal))
            problems.Add(textfile.InvalidValue(Allowed));
        if (shard is not null && textfile.Location is not null)
            problems.Add(
                textfile.CreateProblem("cannot be the file of every shard, each of which would replace it: give each its own --textfile")
            );
    }
}
