using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Architecture;

/// <summary>What CONTRIBUTING.md says of the tree is so: each file and test that it names is there, and no recipe is long.</summary>
public sealed partial class ContributingTests
{
    const int MaxSteps = 5;

    static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "CONTRIBUTING.md"));
    static readonly string[] Roots = ["", "BackupMetricsJob", "BackupMetricsJob.Tests"];

    [Fact]
    public void Each_file_and_folder_that_it_names_is_there()
    {
        var paths = Missing(Text, out var named);

        Assert.InRange(named, 40, 200);
        Assert.Empty(paths);
        Assert.Equal(["Cli/Nothing.cs"], Missing("`Cli/Nothing.cs` and `Cli/JobFlags.cs`", out _));
    }

    [Fact]
    public void Each_test_that_it_names_is_there()
    {
        var tests = TestName().Matches(Text).Select(match => match.Groups[1].Value).Distinct().ToList();

        Assert.InRange(tests.Count, 5, 50);
        Assert.All(tests, test => Assert.Single(Directory.GetFiles(Repository.Tests, test + ".cs", SearchOption.AllDirectories)));
    }

    [Fact]
    public void It_answers_ten_questions_and_adds_things_in_five_steps()
    {
        var map = Text.Split("## Where things are")[1].Split("## How to add")[0];
        var recipes = Text.Split("## How to add")[1].Split("### ")[1..];

        Assert.True(map.Split('\n').Count(line => line.StartsWith("| ", StringComparison.Ordinal)) > 10);
        Assert.Equal(["A source", "A tool's importer", "A metric", "An alert"], recipes.Select(recipe => recipe.Split('\n')[0]));
        Assert.All(recipes, recipe => Assert.InRange(Step().Count(recipe), 1, MaxSteps));
    }

    [Fact]
    public void A_test_of_a_type_stands_in_the_room_of_that_type()
    {
        var rooms = Directory
            .GetDirectories(Path.Combine(Repository.Root, "BackupMetricsJob"))
            .SelectMany(room =>
                Directory.GetFiles(room, "*.cs", SearchOption.AllDirectories).Select(file => (Path.GetFileNameWithoutExtension(file), room))
            )
            .Where(file => Path.GetFileName(file.room) is not ("bin" or "obj"))
            .ToLookup(file => file.Item1 + "Tests", file => Path.GetFileName(file.room));
        var elsewhere = Directory
            .GetDirectories(Repository.Tests)
            .Where(folder => rooms.SelectMany(room => room).Contains(Path.GetFileName(folder)))
            .SelectMany(folder => Directory.GetFiles(folder, "*Tests.cs", SearchOption.AllDirectories).Select(file => (folder, file)))
            .Where(test =>
                rooms[Path.GetFileNameWithoutExtension(test.file)].ToList() is { Count: > 0 } of
                && !of.Contains(Path.GetFileName(test.folder))
            )
            .Select(test => Path.GetRelativePath(Repository.Tests, test.file));

        Assert.True(rooms.Count > 200);
        Assert.Empty(elsewhere);
    }

    static List<string> Missing(string text, out int named)
    {
        var paths = Named().Matches(text).Select(match => match.Groups[1].Value).Where(IsPath).Distinct().ToList();
        named = paths.Count;
        return paths.FindAll(path => !Roots.Any(root => Path.Exists(Path.Combine(Repository.Root, root, path))));
    }

    static bool IsPath(string text) => text.Contains('/', StringComparison.Ordinal) && !text.Contains(' ', StringComparison.Ordinal);

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"`(\w+Tests)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"^\d\. ", RegexOptions.Multiline)]
    private static partial Regex Step();
}
