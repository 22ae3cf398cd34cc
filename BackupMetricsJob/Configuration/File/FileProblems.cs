using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration.File;

/// <summary>Collects what is wrong with the files, up to a number that nobody reads to its end.</summary>
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
            problems.Add(new(ProblemOrigin.Configuration, $"there are more than these {Max} problems"));
    }

    public void Add(SourceLocation place, string message) => Add(new(ProblemOrigin.Configuration, message) { Location = place });

    /// <summary>
    /// It is a text where there must be a map or a list, or another kind: it is not shown, since it may be a URL with a password.
    /// </summary>
    public void WrongKind(YamlNode node, KeyPath path, string allowed) =>
        Add(node.Location, $"{(path == KeyPath.Root ? "" : path + ": ")}must be {allowed}, not {node.Kind}");

    /// <summary>The value is not what it must be. It is shown where it is a text.</summary>
    public void Wrong(YamlNode node, KeyPath path, string allowed) =>
        Add(
            node.Location,
            node switch
            {
                YamlScalar { IsNull: false } scalar => $"{path} {Redaction.Quoted(scalar.Text)}: must be {allowed}",
                YamlScalar => $"{path}: must be {allowed}; there is no value",
                _ => $"{path}: must be {allowed}, not {node.Kind}",
            }
        );
}
