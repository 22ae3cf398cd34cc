using System.Text.RegularExpressions;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Cli;

/// <summary>The man pages, as the program writes them and as man shows them.</summary>
public sealed class ManPageTests
{
    static readonly string Man = Tool.Find("man", "apt-get install man-db");

    [Fact]
    public async Task There_is_one_for_every_command_and_man_has_no_complaint()
    {
        using var folder = new TempFolder();

        var written = await BackupMetrics.RunAsync("man", folder.File("new/man1"));

        Assert.Equal((0, "", ""), (written.ExitCode, written.Output, written.Error));
        Assert.Equal(
            DeclaredCommands.Paths.Select(path => path.Replace(' ', '-') + ".1").Order(StringComparer.Ordinal),
            Directory.GetFiles(folder.File("new/man1")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        foreach (var path in DeclaredCommands.Paths)
        {
            var (text, complaints) = await ShowAsync(folder.File($"new/man1/{path.Replace(' ', '-')}.1"));
            Assert.Equal("", complaints);
            Assert.Contains($"\n       {path} ", text, StringComparison.Ordinal);
            var flags = DeclaredCommands.With(root =>
                CommandTree.All(root).Where(command => CommandTree.Path(command) == path).SelectMany(DocumentedFlag.Of).ToList()
            );
            Assert.All(flags, flag => Assert.Matches($"\n {{7}}{Regex.Escape(flag.Title)}( .*)?\n", text));
            Assert.All(
                flags.Where(flag => flag.Variable is not null),
                flag => Assert.Contains($"[{flag.Variable}]", text, StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public async Task What_can_be_copied_is_shown_as_it_is_typed()
    {
        using var folder = new TempFolder();
        await BackupMetrics.RunAsync("man", folder.Path);

        var (text, _) = await ShowAsync(folder.File("backup-metrics-import.1"));

        Assert.Contains("find DIR -type f -printf '%T@ %s %P\\n'\n", text, StringComparison.Ordinal);
        Assert.Contains("wal-g backup-list --detail --json |\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told()
    {
        using var folder = new TempFolder();
        var file = folder.Write("file", "");

        var result = await BackupMetrics.RunAsync("man", file);

        Assert.Equal((74, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("backup-metrics: man: ", result.Error, StringComparison.Ordinal);
    }

    static async Task<(string Text, string Complaints)> ShowAsync(string page)
    {
        var shown = await ChildProcess.RunAsync(
            Man,
            ["--warnings", "--encoding=UTF-8", "-l", page],
            new()
            {
                Environment = new Dictionary<string, string>
                {
                    ["PATH"] = "/usr/bin:/bin",
                    ["MANWIDTH"] = "200",
                    ["MAN_KEEP_FORMATTING"] = "",
                    ["LC_ALL"] = "C.UTF-8",
                },
            }
        );
        Assert.Equal(0, shown.ExitCode);
        return (shown.Output, shown.Error);
    }
}
