using BackupMetricsJob.Cli;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Cli;

public class ParseErrorsTests
{
    const string Hidden = ": it is not shown, because it may be a password. Quote a value that has spaces.";

    [Theory]
    [InlineData("Required argument missing for option: '--job'.", "Required argument missing for option: '--job'.")]
    [InlineData("Cannot parse argument 's3cret' for option '--size'.", "Cannot parse argument '***'.")]
    [InlineData("Cannot parse 'password=s3c'ret'.", "Cannot parse '***'.")]
    [InlineData("No quotation mark", "No quotation mark")]
    public void What_may_be_a_password_is_not_repeated(string said, string told) => Assert.Equal(told, ParseErrors.Redact(said));

    [Theory]
    [InlineData("import walg", "TOOL \"walg\": must be one of archive, barman, cloudnativepg, generic, pgbackrest, pghoard, wal-g")]
    [InlineData("import", "TOOL is missing: must be one of archive, barman, cloudnativepg, generic, pgbackrest, pghoard, wal-g")]
    [InlineData(
        "import host=h;password=s3cret",
        "TOOL: must be one of archive, barman, cloudnativepg, generic, pgbackrest, pghoard, wal-g"
    )]
    [InlineData(
        "record --server s --tool t --from-exit-code 0 --type dump",
        "--type \"dump\": must be one of diff, full, incr, logical, restore_test, wal"
    )]
    [InlineData(
        "record --server s --tool t --from-exit-code 0 --type u:s3cret@h",
        "--type: must be one of diff, full, incr, logical, restore_test, wal"
    )]
    [InlineData("record --server s --tool t --type full --from-exit-code many", "--from-exit-code \"many\": must be a whole number")]
    [InlineData("record --server s --tool t --type full --from-exit-code 0 --size 1,5", "--size: must be a whole number")]
    [InlineData(
        "record --server a --server b --tool t --type full --from-exit-code 0",
        "Option '--server' expects a single argument but 2 were provided."
    )]
    [InlineData("catalog prune", "Option '--keep' is required.")]
    [InlineData("run --conection postgresql://u:s3cret@h/d", "Unrecognized command or argument '--conection'. Did you mean --connection?")]
    [InlineData(
        "run --conection=postgresql://u:s3cret@h/d",
        "Unrecognized command or argument '--conection***'. Did you mean --connection?"
    )]
    [InlineData("chek", "Unrecognized command or argument 'chek'. Did you mean check?")]
    [InlineData("rnu --dry-run", "Unrecognized command or argument 'rnu'. Did you mean run?")]
    [InlineData("catalog intit", "Unrecognized command or argument 'intit'. Did you mean init?")]
    [InlineData("catalog 1n:s3cret@h", "Unrecognized argument after catalog" + Hidden)]
    [InlineData("run now s3cret", "Unrecognized command or argument 'now'.\nbackup-metrics: Unrecognized argument after run" + Hidden)]
    [InlineData("help", "Unrecognized command or argument 'help'. Did you mean --help?")]
    [InlineData("show help", "Unrecognized command or argument 'help'. Did you mean --help?")]
    [InlineData("show --ouput json", "Unrecognized command or argument '--ouput'. Did you mean --output?")]
    [InlineData("show --password s3cret", "Unrecognized command or argument '--password'.")]
    [InlineData(
        "show --connection host=h password=my s3cret",
        "Unrecognized argument after --connection" + Hidden + "\nbackup-metrics: Unrecognized argument after --connection" + Hidden
    )]
    [InlineData("run --quiet s3cret", "Unrecognized argument after --quiet" + Hidden)]
    [InlineData("man pages s3cret", "Unrecognized argument after man" + Hidden)]
    [InlineData("frobnicate", "Unrecognized command or argument 'frobnicate'.")]
    [InlineData("run --frobnicate", "Unrecognized command or argument '--frobnicate'.")]
    public async Task An_invalid_value_is_reported_with_its_flag_and_what_is_allowed(string arguments, string told)
    {
        var result = await BackupMetrics.RunAsync(arguments.Split(' '));

        Assert.Equal((64, "", $"backup-metrics: {told}\n"), (result.ExitCode, result.Output, result.Error));
    }
}
