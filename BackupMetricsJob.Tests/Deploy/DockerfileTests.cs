using System.Text.Json;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>The Dockerfile copies what there is, publishes as is documented, and makes images that are not root's; damage to it is found.</summary>
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
    [InlineData("--from=publish-job", "--from=publish", "no such stage", "")]
    public void Damage_is_found(string good, string bad, string problem, string alsoOut)
    {
        Assert.Contains(good, Text, StringComparison.Ordinal);
        var damaged = Text.Replace(good, bad, StringComparison.Ordinal);
        if (alsoOut.Length > 0) damaged = damaged.Replace(alsoOut, ":", StringComparison.Ordinal);

        Assert.Contains(new DockerBuild(damaged).Problems(Ignore), found => found.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void The_SDK_is_that_of_global_json()
    {
        using var global = JsonDocument.Parse(Read("global.json"));
        var version = global.RootElement.GetProperty("sdk").GetProperty("version").GetString();

        Assert.Contains(Build.Stages, stage => stage.From == $"mcr.microsoft.com/dotnet/sdk:{version}-noble");
    }

    [Fact]
    public void Of_each_project_all_that_it_is_built_from_is_copied()
    {
        // What a project file includes from outside its own folder.
        var outside = new[] { "BackupMetricsJob", "BackupMetricsJob.Schedule" }
            .SelectMany(project => Outside().Matches(Read($"{project}/{project}.csproj")).Select(match => match.Groups[1].Value))
            .Where(path => !path.Contains("$(", StringComparison.Ordinal));

        foreach (var path in outside) Assert.Contains(Build.All("COPY").SelectMany(copy => copy.Split(' ')[..^1]), source => path.StartsWith(source, StringComparison.Ordinal));
        Assert.Contains(".editorconfig", Build.All("COPY").First(), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_second_image_has_the_scheduler_and_the_first_is_the_default()
    {
        Assert.Equal("job", Build.Stages[^1].Name);
        Assert.Equal(["--from=publish-job /out/backup-metrics /usr/local/bin/"], Build.Of("job", "COPY"));
        Assert.Equal(["--from=publish-schedule /out/backup-metrics /out/backup-metrics-schedule /usr/local/bin/"], Build.Of("schedule", "COPY"));
    }

    [Theory]
    [InlineData("job")]
    [InlineData("schedule")]
    public void An_image_is_nobodys_who_is_root_and_starts_the_command(string stage)
    {
        Assert.Equal(["1654:1654"], Build.Inherited(stage, "USER"));
        Assert.Equal(["[\"/usr/local/bin/backup-metrics\"]"], Build.Inherited(stage, "ENTRYPOINT"));
        Assert.Contains("DOTNET_EnableDiagnostics=0", Build.Inherited(stage, "ENV"));
        Assert.Empty(Build.Of(stage, "RUN"));
        Assert.Empty(Build.Of("base", "RUN"));
    }

    [Fact]
    public void It_publishes_the_standalone_form_with_locked_packages()
    {
        Assert.Contains("CI=true", Build.Of("source", "ENV").First(), StringComparison.Ordinal);
        foreach (var (stage, project) in new[] { ("publish-job", "BackupMetricsJob"), ("publish-schedule", "BackupMetricsJob.Schedule") })
        {
            Assert.Equal($"dotnet publish {project} -c Release -p:PublishProfile=standalone -p:SourceRevisionId=$REVISION -o /out", Assert.Single(Build.Of(stage, "RUN")));
            Assert.True(File.Exists(Path.Combine(Repository.Root, project, "Properties", "PublishProfiles", "standalone.pubxml")));
        }
    }

    static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    [GeneratedRegex(@"Include=""\.\./([^"";]+)")]
    private static partial Regex Outside();
}
