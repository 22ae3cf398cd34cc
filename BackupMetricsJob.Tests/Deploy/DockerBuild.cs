using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// The Dockerfile, or a damaged copy of its text, read as far as it can be without an engine: its stages, what they copy and run.
/// </summary>
internal sealed partial class DockerBuild
{
    readonly List<(string Stage, string Word, string Words)> _instructions = [];

    public DockerBuild(string text)
    {
        foreach (Match line in Instruction().Matches(text))
        {
            var (word, rest) = (line.Groups[1].Value, line.Groups[2].Value);
            if (word == "FROM")
            {
                var parts = rest.Split(' ');
                Stages.Add((parts[2], parts[0]));
            }

            _instructions.Add((Stages.Count == 0 ? "" : Stages[^1].Name, word, rest));
        }
    }

    /// <summary>In their order, each with what it is made from.</summary>
    public List<(string Name, string From)> Stages { get; } = [];

    public IEnumerable<string> Of(string stage, string word) =>
        _instructions.Where(each => each.Stage == stage && each.Word == word).Select(each => each.Words);

    public IEnumerable<string> All(string word) => _instructions.Where(each => each.Word == word).Select(each => each.Words);

    public IReadOnlyList<string> Problems(IReadOnlyList<string> ignore)
    {
        var problems = new List<string>();
        foreach (var (name, from) in Stages.Where(stage => Stages.All(other => other.Name != stage.From)))
        {
            if (!Pinned().IsMatch(from))
                problems.Add($"{name}: {from} is not pinned");
        }

        foreach (var copy in All("COPY"))
        {
            var words = copy.Split(' ');
            if (words[0].StartsWith("--from=", StringComparison.Ordinal))
            {
                if (Stages.All(stage => stage.Name != words[0]["--from=".Length..]))
                    problems.Add($"COPY {copy}: no such stage");
                continue;
            }

            foreach (var source in words[..^1])
            {
                if (!Path.Exists(Path.Combine(Repository.Root, source)))
                    problems.Add($"COPY {copy}: {source} is not there");
                else if (!ignore.Contains("!" + source))
                    problems.Add($"COPY {copy}: {source} is kept out by .dockerignore");
            }
        }

        return problems;
    }

    [GeneratedRegex(@"^([A-Z]+) (.+)$", RegexOptions.Multiline)]
    private static partial Regex Instruction();

    [GeneratedRegex(@":\d+\.\d+\.\d+-")]
    private static partial Regex Pinned();
}
