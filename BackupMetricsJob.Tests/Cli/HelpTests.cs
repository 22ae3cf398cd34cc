using System.CommandLine;
using System.Text.RegularExpressions;
using BackupMetricsJob.Cli.Help;

namespace BackupMetricsJob.Tests.Cli;

/// <summary>What --help prints: it fits a terminal, and what it shows can be copied.</summary>
public sealed partial class HelpTests
{
    public static TheoryData<string> Commands => [.. DeclaredCommands.Paths];

    [Theory]
    [MemberData(nameof(Commands))]
    public void It_fits_80_columns_and_shows_two_examples_of_each_command(string path)
    {
        var (code, output, error) = DeclaredCommands.Run([.. path.Split(' ')[1..], "--help"]);

        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith($"Usage: {path} ", output, StringComparison.Ordinal);
        Assert.Equal([], output.Split('\n').Where(line => line.Length > 79 || line != line.TrimEnd()));
        if (!output.Contains("\nCommands:\n", StringComparison.Ordinal))
            Assert.InRange(Regex.Count(output, "^  # ", RegexOptions.Multiline), 2, 4);
    }

    [Fact]
    public void Each_example_is_a_command_line_that_is_accepted()
    {
        var examples = DeclaredCommands.With(root =>
            CommandTree
                .All(root)
                .OfType<DocumentedCommand>()
                .SelectMany(command => command.Examples.Select(example => (Path: CommandTree.Path(command), example.Line)))
                .SelectMany(example => Lines(example.Line).Select(words => (example.Path, Words: words)).ToList())
                .Select(example => (example.Path, Line: string.Join(' ', example.Words), Parsed: root.Parse(example.Words)))
                .Select(example =>
                    (example.Path, example.Line, Problems: string.Join(' ', example.Parsed.Errors), Own: IsOf(example.Parsed, example.Path))
                )
                .ToList()
        );

        Assert.InRange(examples.Count, 20, 60);
        Assert.Equal([], examples.Where(example => example.Problems.Length > 0));
        // One that shows several commands shows its own, too.
        Assert.Equal(
            [],
            DeclaredCommands.Paths.Where(path =>
                examples.Any(example => example.Path == path) && !examples.Any(example => example.Path == path && example.Own)
            )
        );
    }

    [Fact]
    public void The_flags_of_run_are_in_groups_and_those_that_most_people_need_come_first()
    {
        var help = DeclaredCommands.Run("run", "--help").Output;

        Assert.Equal(
            ["Common options", "Connection options", "Evidence options", "Gateway options", "Advanced options", "Examples"],
            Heading().Matches(help).Select(match => match.Groups[1].Value)
        );
        Assert.StartsWith("  --connection URI", help.Split("Common options:\n")[1], StringComparison.Ordinal);
        Assert.Matches("Gateway options:\n  --gateway-username NAME\n", help);
        Assert.Matches("\nEvery option has an environment variable: that of --config-dir is\nBACKUP_METRICS_CONFIG_DIR\\.\n", help);
    }

    /// <summary>They change how a run behaves; a check does not run.</summary>
    [Theory]
    [InlineData("--splay")]
    [InlineData("--legacy-names")]
    [InlineData("--log-format")]
    public void Check_does_not_offer_what_it_has_no_use_for(string flag)
    {
        Assert.Contains($"\n  {flag} ", DeclaredCommands.Run("run", "--help").Output, StringComparison.Ordinal);
        Assert.Contains($"\n  {flag} ", DeclaredCommands.Run("schedule", "--help").Output, StringComparison.Ordinal);
        Assert.DoesNotContain(flag, DeclaredCommands.Run("check", "--help").Output, StringComparison.Ordinal);
        Assert.Equal(64, DeclaredCommands.Run("check", flag, "1s").ExitCode);
    }

    [Theory]
    [InlineData("", "show", "check", "run", "schedule", "import", "record", "catalog", "drill", "delete", "completion", "man")]
    [InlineData("catalog", "init", "prune", "forget")]
    public void Without_a_command_they_are_listed_and_nothing_was_done(string typed, params string[] commands)
    {
        var (code, output, error) = DeclaredCommands.Run(typed.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((64, ""), (code, output));
        var list = error.Split("\nCommands:\n")[1].Split("\n\n")[0];
        Assert.Equal(commands, Regex.Matches(list, "^  ([a-z]+) ", RegexOptions.Multiline).Select(match => match.Groups[1].Value));
    }

    /// <summary>README says so: what describes one backup or one list would only be wrong for the next one.</summary>
    [Fact]
    public void Every_flag_has_a_variable_but_those_that_describe_one_call_of_a_catalogue_command()
    {
        var without = DeclaredCommands.With(root =>
            CommandTree
                .All(root)
                .Where(command => DocumentedFlag.Of(command).Any(flag => flag.Variable is null))
                .Select(CommandTree.Path)
                .ToList()
        );

        Assert.Equal(
            [
                "backup-metrics import",
                "backup-metrics record",
                "backup-metrics catalog init",
                "backup-metrics catalog prune",
                "backup-metrics catalog forget",
            ],
            without
        );
    }

    static bool IsOf(ParseResult parsed, string path) => CommandTree.Path(parsed.CommandResult.Command) == path;

    static IEnumerable<string[]> Lines(string example) =>
        OwnCommand()
            .Matches(example.Replace("\\\n", " ", StringComparison.Ordinal).Replace("$?", "0", StringComparison.Ordinal))
            .Select(match => Word().Matches(match.Groups[1].Value).Select(word => word.Value.Trim('"')).ToArray());

    [GeneratedRegex(@"backup-metrics((?: +(?:""[^""]*""|[^\s|&>"")]+))+)")]
    private static partial Regex OwnCommand();

    [GeneratedRegex("\"[^\"]*\"|\\S+")]
    private static partial Regex Word();

    [GeneratedRegex("^([A-Z][a-z ]+):$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
