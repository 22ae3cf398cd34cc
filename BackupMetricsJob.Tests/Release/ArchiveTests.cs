using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Shipped;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Release;

/// <summary>The tar.gz, the list of what is in the program, and the sums.</summary>
public sealed class ArchiveTests
{
    [Fact]
    public async Task The_archive_has_the_program_and_all_that_belongs_to_it()
    {
        using var folder = new TempFolder();
        var archive = await ReleasedFiles.FileAsync(".tar.gz");
        await ChildProcess.RunSuccessfullyAsync("/bin/tar", ["-xzf", archive, "-C", folder.Path]);
        var tree = Assert.Single(Directory.GetDirectories(folder.Path));

        Assert.Equal(Path.GetFileName(archive), Path.GetFileName(tree) + ".tar.gz");
        foreach (
            var path in new[]
            {
                "bin/backup-metrics",
                "share/man/man1/backup-metrics.1.gz",
                "share/bash-completion/completions/backup-metrics",
                "share/zsh/vendor-completions/_backup-metrics",
                "share/fish/vendor_completions.d/backup-metrics.fish",
                "lib/systemd/system/backup-metrics.timer",
                "share/backup-metrics/prometheus/backup.rules.yml",
                "share/backup-metrics/prometheus/alertmanager.yml",
                "share/backup-metrics/grafana/dashboards/backup-target.json",
                "share/backup-metrics/kubernetes/schedule.yaml",
                "share/doc/backup-metrics/docs/alerts.md",
                "etc/backup-metrics/config.yaml",
                "LICENSE",
                "README.md",
            }
        )
            Assert.True(new FileInfo(Path.Combine(tree, path)).Length > 50, path);
        // It may hold passwords.
        Assert.Contains(
            " -rw-r----- ",
            " "
                + await ChildProcess.RunSuccessfullyAsync(
                    "/bin/tar",
                    ["-tvzf", archive, "--wildcards", "*/etc/backup-metrics/environment"]
                ),
            StringComparison.Ordinal
        );
        Assert.Equal(
            await ChildProcess.RunSuccessfullyAsync(await NativeProgram.PathAsync(), ["--version"]),
            await ChildProcess.RunSuccessfullyAsync(Path.Combine(tree, "bin/backup-metrics"), ["--version"])
        );
    }

    /// <summary>A page is read where the package has it, and not in the repository.</summary>
    [Theory]
    [InlineData(".tar.gz")]
    [InlineData(".deb")]
    public async Task The_links_of_the_documents_lead_to_files_of_the_same_package(string package)
    {
        using var folder = new TempFolder();
        var file = await ReleasedFiles.FileAsync(package);
        await (
            package == ".deb"
                ? ChildProcess.RunSuccessfullyAsync(Tool.Find("dpkg-deb", "apt-get install dpkg"), ["-x", file, folder.Path])
                : ChildProcess.RunSuccessfullyAsync("/bin/tar", ["-xzf", file, "-C", folder.Path])
        );

        var pages = Directory.GetFiles(folder.Path, "*.md", SearchOption.AllDirectories);
        var (links, broken) = (0, new List<string>());
        foreach (var page in pages)
        {
            foreach (Match match in Regex.Matches(await File.ReadAllTextAsync(page), @"\]\(([^)\s]+)\)"))
            {
                var path = match.Groups[1].Value.Split('#')[0];
                if (path.Length == 0 || path.Contains("://", StringComparison.Ordinal))
                    continue;
                links++;
                if (!Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, path)))
                    broken.Add($"{page[folder.Path.Length..]}: {path}");
            }
        }

        Assert.Empty(broken);
        Assert.True(links > 150 && pages.Length > 25, $"{links} links in {pages.Length} pages");
    }

    [Fact]
    public async Task The_sums_are_those_of_all_files()
    {
        var folder = await ReleasedFiles.FolderAsync();

        var checkedSums = await ChildProcess.RunAsync(
            "/usr/bin/sha256sum",
            ["--check", "--strict", "SHA256SUMS"],
            new() { WorkingDirectory = folder }
        );

        Assert.Equal((0, ""), (checkedSums.ExitCode, checkedSums.Error));
        Assert.Equal(
            Directory.GetFiles(folder).Select(Path.GetFileName).Except(["SHA256SUMS"]).Order(StringComparer.Ordinal),
            checkedSums
                .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(':')[0])
                .Order(StringComparer.Ordinal)
        );
        // tar.gz, deb, the chart and the list.
        Assert.Equal(5, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public async Task The_list_of_what_is_in_it_has_each_package_of_the_lock_file_and_the_runtime()
    {
        var list = JsonNode.Parse(await File.ReadAllTextAsync(await ReleasedFiles.FileAsync(".cdx.json")))!;
        var locked = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "BackupMetricsJob", "packages.lock.json")))!;
        var packages = locked["dependencies"]!["net10.0"]!
            .AsObject()
            .Select(package => $"pkg:nuget/{package.Key}@{package.Value!["resolved"]}")
            .ToList();

        Assert.Equal(("CycloneDX", "1.6", 1), ((string?)list["bomFormat"], (string?)list["specVersion"], (int)list["version"]!));
        var components = list["components"]!.AsArray();
        var listed = components.Select(component => (string)component!["purl"]!).ToList();
        Assert.Equal([], packages.Except(listed));
        Assert.Equal(2, listed.Except(packages).Count(purl => purl.StartsWith("pkg:nuget/Microsoft.", StringComparison.Ordinal)));
        Assert.All(components, component => Assert.NotNull(component!["licenses"]));
        var references = listed.Append((string)list["metadata"]!["component"]!["bom-ref"]!).ToHashSet();
        foreach (var dependency in list["dependencies"]!.AsArray())
        {
            Assert.Contains((string)dependency!["ref"]!, references);
            Assert.All(dependency["dependsOn"]!.AsArray(), other => Assert.Contains((string)other!, references));
        }
    }
}
