using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Cli;

/// <summary>What a real shell offers at the end of a line.</summary>
public sealed class CompletionTests
{
    const string Bash = """
        source "$1"
        compopt() { :; } # only readline has it
        read -ra COMP_WORDS <<< "$2"
        [[ $2 != *" " ]] || COMP_WORDS+=("")
        # readline takes = for a word
        if [[ ${COMP_WORDS[-1]} == --*=* ]]; then
            last=${COMP_WORDS[-1]}
            COMP_WORDS=("${COMP_WORDS[@]:0:${#COMP_WORDS[@]}-1}" "${last%%=*}" = "${last#*=}")
        fi
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _backup_metrics
        printf '%s\n' "${COMPREPLY[@]}"
        """;

    const string Fish = "source $argv[1]; complete -C $argv[2] | string split -f 1 \\t";

    [Theory]
    [InlineData("ru", "run")]
    [InlineData("c", "catalog check completion")]
    [InlineData("run --config", "--config --config-dir")]
    [InlineData("run --log-format ", "json text")]
    [InlineData("run --log-format=j", "json")]
    [InlineData("run --dry-run --without w", "wal")]
    [InlineData("drill --tool pgb", "pgbackrest")]
    [InlineData("import wal", "wal-g")]
    [InlineData("import wal-g FOLDER/b", "FOLDER/backups.json")]
    [InlineData("catalog ", "forget init prune")]
    [InlineData("catalog init --grant", "--grant-reader --grant-writer")]
    [InlineData("record --type res", "restore_test")]
    [InlineData("run --config FOLDER/", "FOLDER/backups.json FOLDER/sub/")]
    [InlineData("run --config-dir FOLDER/", "FOLDER/sub/")]
    [InlineData("show --spl", "")]
    [InlineData("run --job ", "")]
    public async Task Every_shell_offers_the_same(string line, string offers)
    {
        using var scripts = new TempFolder();
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("sub"));
        folder.Write("backups.json", "");
        var typed = "backup-metrics " + line.Replace("FOLDER", folder.Path, StringComparison.Ordinal);
        var expected = offers.Replace("FOLDER", folder.Path, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(expected, await OffersAsync("bash", ["--norc", "-c", Bash, "bash"]));
        Assert.Equal(expected, await OffersAsync("fish", ["--no-config", "-c", Fish]));
        Assert.Equal(expected, await OffersAsync("zsh", ["-f", Path.Combine(Repository.Tests, "Cli", "complete.zsh")]));

        async Task<IEnumerable<string>> OffersAsync(string shell, string[] arguments)
        {
            var program = Tool.Find(shell, $"apt-get install {shell}");
            var script = scripts.Write(shell, (await BackupMetrics.RunAsync("completion", shell)).Output);
            var result = await ChildProcess.RunAsync(program, [.. arguments, script, typed]);
            Assert.Equal("", result.Error);
            return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Whole).Distinct().Order(StringComparer.Ordinal);
        }

        // bash and zsh show a directory without its slash, zsh a file without its directory; fish shows the flag before the value.
        string Whole(string offer)
        {
            offer = offer[(offer.IndexOf('=', StringComparison.Ordinal) + 1)..];
            var path = line.Contains("FOLDER", StringComparison.Ordinal) && !offer.StartsWith('/') ? folder.File(offer) : offer;
            return Directory.Exists(path) ? path.TrimEnd('/') + "/" : path;
        }
    }

    [Fact]
    public async Task A_shell_that_is_not_known_is_told_which_are()
    {
        var result = await BackupMetrics.RunAsync("completion", "tcsh");

        Assert.Equal(
            (64, "", "backup-metrics: SHELL \"tcsh\": must be one of bash, fish, zsh\n"),
            (result.ExitCode, result.Output, result.Error)
        );
    }
}
