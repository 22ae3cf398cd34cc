using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration.File;

/// <summary>Collects the problems of the files, up to a limit.</summary>
internal sealed class FileProblems(ICollection<Problem> problems)
{
    const int Max = 1000;

    readonly int _before = problems.Count;

    public bool IsEmpty => problems.Count == _before;

    public void Add(Problem problem)
    {
        var count = problems.Count - _before;
        if (count < Max)
            problems.Add(problem);
        else if (count == Max)
            problems.Add(new(ProblemOrigin.Configuration, $"there are more problems; only the first {Max} are shown"));
    }

    public void Add(SourceLocation location, string message) => Add(new(ProblemOrigin.Configuration, message) { Location = location });

    /// <summary>
    /// The value has the wrong kind, such as a string instead of a map. It is not shown, because it may be a URL with a password.
    /// </summary>
    public void AddInvalidKind(YamlNode node, KeyPath path, string allowed) =>
        Add(node.Location, $"{(path == KeyPath.Root ? "" : path + ": ")}must be {allowed}, not {node.Kind}");

    /// <summary>The value is invalid. It is shown if it is a string.</summary>
    public void AddInvalidValue(YamlNode node, KeyPath path, string allowed) =>
        Add(
            node.Location,
            node switch
            {
                YamlScalar { IsNull: false } scalar => $"{path} {Redaction.Quoted(scalar.Text)}: must be {allowed}",
                YamlScalar => $"{path}: must be {allowed}, but has no value",
                _ => $"{path}: must be {allowed}, not {node.Kind}",
            }
        );
}
