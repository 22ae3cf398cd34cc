using System.Text.Json;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// The Dockerfile copies what there is, publishes as is documented, and makes images that are not root's; damage to it is found.
/// </summary>
public sealed partial class DockerfileTests
{
    static readonly string Text = Read("Dockerfile");
    static readonly DockerBuild Build = new(Text);
    static readonly string[] Ignore = Read(".dockerignore").Split('\n');

    [Fact]
    public void What_it_is_made_from_is_there_and_pinned() => Assert.Empty(Build.Problems(Ignore));

    [Theory]
    [InlineData("noble-chiseled", "latest", "is not pinned", ":10.0.12-")]
    [InlineData("COPY BackupMetricsJob/ ", "COPY BackupMetrics/ ", "BackupMetrics/ is not there", "")]
    [InlineData("COPY deploy/postgresql/ ", "COPY deploy/prometheus/ ", "deploy/prometheus/ is kept out by .dockerignore", "")]
    [InlineData("--from=build", "--from=publish", "no such stage", "")]
    public void Damage_is_found(string good, string bad, string problem, string alsoOut)
    {
        Assert.Contains(good, Text, StringComparison.Ordinal);
        var damaged = Text.Replace(good, bad, StringComparison.Ordinal);
        if (alsoOut.Length > 0)
            damaged = damaged.Replace(alsoOut, ":", StringComparison.Ordinal);

        Assert.Contains(new DockerBuild(damaged).Problems(Ignore), found => found.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void The_SDK_is_one_that_global_json_takes()
    {
        using var global = JsonDocument.Parse(Read("global.json"));
        var version = global.RootElement.GetProperty("sdk").GetProperty("version").GetString()!;
        var sdk = Assert.Single(Build.Stages, stage => stage.From.Contains("/sdk:", StringComparison.Ordinal)).From;

        // latestFeature: this one or a newer one of the same major and minor version.
        Assert.Equal("latestFeature", global.RootElement.GetProperty("sdk").GetProperty("rollForward").GetString());
        Assert.Matches($@"^mcr\.microsoft\.com/dotnet/sdk:{Regex.Escape(version[..version.LastIndexOf('.')])}\.\d{{3}}-noble$", sdk);
    }

    [Fact]
    public void All_that_the_project_is_built_from_is_copied()
    {
        // What the project file includes from outside its own folder.
        var outside = Outside().Matches(Read("BackupMetricsJob/BackupMetricsJob.csproj")).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(outside);

        foreach (var path in outside)
            Assert.Contains(
                Build.All("COPY").SelectMany(copy => copy.Split(' ')[..^1]),
                source => path.StartsWith(source, StringComparison.Ordinal)
            );
        Assert.Contains(".editorconfig", Build.All("COPY").First(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_image_is_nobodys_who_is_root_and_has_the_one_program()
    {
        Assert.Equal("final", Build.Stages[^1].Name);
        Assert.Equal(["1654:1654"], Build.Of("final", "USER"));
        Assert.Equal(["[\"/usr/local/bin/backup-metrics\"]"], Build.Of("final", "ENTRYPOINT"));
        Assert.Contains("--from=build /out/backup-metrics /usr/local/bin/", Build.Of("final", "COPY"));
        Assert.Empty(Build.Of("final", "RUN"));
    }

    [Fact]
    public void It_publishes_as_the_README_says()
    {
        const string Publish = "dotnet publish BackupMetricsJob -c Release";

        Assert.Contains($"{Publish} -p:SourceRevisionId=$REVISION -o /out", Build.Of("build", "RUN"));
        Assert.Contains($"{Publish} -o DIR", Read("README.md"), StringComparison.Ordinal);
    }

    static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    [GeneratedRegex(@"Include=""\.\./([^"";]+)")]
    private static partial Regex Outside();
}
