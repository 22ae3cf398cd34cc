using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>Every command line of ours in README and docs/ names a command that exists and flags that it has.</summary>
public sealed partial class DocumentedCommandsTests
{
    static readonly string[] Pages =
    [
        Path.Combine(Repository.Root, "README.md"),
        .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories),
    ];

    [Fact]
    public async Task Each_can_be_typed()
    {
        var helps = new Dictionary<string, HashSet<string>>();
        var wrong = new List<string>();
        var lines = Pages.SelectMany(page => CommandLines(File.ReadAllText(page)).Select(line => (Path.GetFileName(page), line))).ToList();
        foreach (var (page, line) in lines)
            wrong.AddRange((await FaultsAsync(line, helps)).Select(fault => $"{page}: {line}: {fault}"));

        Assert.InRange(lines.Count, 60, 1000);
        Assert.Empty(wrong);
        Assert.Single(await FaultsAsync("backup-metrics show --conection x", helps));
        Assert.Single(await FaultsAsync("backup-metrics shw", helps));
    }

    static async Task<List<string>> FaultsAsync(string line, Dictionary<string, HashSet<string>> helps)
    {
        var faults = new List<string>();
        foreach (Match match in Call().Matches(line))
        {
            var words = Word().Matches(match.Groups[1].Value).Select(word => word.Value).ToList();
            var command = words.TakeWhile(word => Name().IsMatch(word)).Take(1).ToList();
            if (command is ["catalog"])
                command.Add(words[1]);
            var name = string.Join(' ', command);
            if (!helps.TryGetValue(name, out var flags))
            {
                // The help of a command that does not exist is that of the program, whose usage names no command.
                var help = (await BackupMetrics.RunAsync([.. command, "--help"])).Output;
                var isKnown = help.Contains($"backup-metrics {name} ".TrimEnd() + " ", StringComparison.Ordinal);
                helps[name] = flags = isKnown ? [.. Flag().Matches(help).Select(flag => flag.Value), "--help"] : [];
            }

            if (flags.Count == 0)
                faults.Add($"there is no command \"{name}\"");
            else
                faults.AddRange(words.Where(word => Flag().IsMatch(word)).Select(word => word.Split('=')[0]).Except(flags));
        }

        return faults;
    }

    /// <summary>In blocks: fenced or indented. A backslash goes on in the next line.</summary>
    static IEnumerable<string> CommandLines(string text)
    {
        var isFenced = false;
        foreach (var line in text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                isFenced = !isFenced;
            else if ((isFenced || line.StartsWith("    ", StringComparison.Ordinal)) && Call().IsMatch(line))
                yield return line.Trim();
        }
    }

    /// <summary>Where a program is called, up to the end of that command. A message begins with "backup-metrics:".</summary>
    [GeneratedRegex(
        """(?:^|[\s/(`$])(?<!-[tun] |helm install |generic -n backups |deploy/helm/|example.org/)backup-metrics ((?:"[^"]*"|'[^']*'|\$\([^)]*\)|[^|;&<>)#"'\n])+)"""
    )]
    private static partial Regex Call();

    [GeneratedRegex("""(?:"[^"]*"|'[^']*'|[^\s"'])+""")]
    private static partial Regex Word();

    [GeneratedRegex("^[a-z]+$")]
    private static partial Regex Name();

    [GeneratedRegex("(?<![a-z-])--[a-z][a-z-]*")]
    private static partial Regex Flag();
}
