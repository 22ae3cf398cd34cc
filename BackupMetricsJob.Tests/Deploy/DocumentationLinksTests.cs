using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// What README, CHANGELOG, CONTRIBUTING and the pages of docs/ link to in this repository is there: the file, and the section where one is
/// named.
/// </summary>
public sealed partial class DocumentationLinksTests
{
    // Made on the reader's machine by a command that stands beside it.
    static readonly string[] Made = ["deploy/compose/secrets/"];

    static readonly string[] Pages =
    [
        .. Directory
            .GetFiles(Repository.Root, "*.md")
            .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)),
    ];

    [Fact]
    public void Every_link_leads_somewhere()
    {
        var broken = new List<string>();
        var links = 0;
        foreach (var page in Pages)
        {
            foreach (Match match in Link().Matches(File.ReadAllText(page)))
            {
                if (match.Groups[1].Value.Contains("://", StringComparison.Ordinal))
                    continue;
                links++;
                var (path, anchor) = match.Groups[1].Value.Split('#', 2) is [var file, var section]
                    ? (file, section)
                    : (match.Groups[1].Value, null);
                var target = path.Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, path));
                if (!Path.Exists(target))
                    broken.Add($"{Path.GetFileName(page)}: {match.Groups[1].Value}: there is no such file");
                else if (anchor is not null && !Sections(target).Contains(anchor))
                    broken.Add($"{Path.GetFileName(page)}: {match.Groups[1].Value}: there is no such section");
            }
        }

        Assert.True(links > 40, $"only {links} links were seen");
        Assert.Empty(broken);
    }

    /// <summary>Paths in code, such as `deploy/kubernetes/pushgateway.yaml`, which a reader types.</summary>
    [Fact]
    public void Every_file_below_deploy_that_is_named_is_there()
    {
        var named = Pages
            .SelectMany(page => DeployPath().Matches(File.ReadAllText(page)).Select(match => match.Groups[1].Value))
            .ToHashSet();

        Assert.NotEmpty(named);
        Assert.DoesNotContain(named.Except(Made), path => !Path.Exists(Path.Combine(Repository.Root, path)));
    }

#pragma warning disable CA1308 // An anchor is in lower case.
    static IEnumerable<string> Sections(string page) =>
        File.ReadLines(page)
            .Where(line => line.StartsWith('#'))
            .Select(line => NoAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));
#pragma warning restore CA1308

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`(deploy/[\w./-]+)`")]
    private static partial Regex DeployPath();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();
}
