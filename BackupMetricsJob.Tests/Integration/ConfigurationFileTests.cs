using System.Text.Json;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The built command with a configuration file, and what it costs to have none.</summary>
public sealed class ConfigurationFileTests
{
    [Fact]
    public async Task Problems_of_a_file_are_told_as_compilers_tell_them_and_end_with_78()
    {
        using var folder = new TempFolder();
        var file = folder.Write("c.yaml", "deadline: soon\ntargets: [{name: a}, {name: a}]\n");

        var result = await BackupMetrics.RunAsync("run", "--dry-run", "--config", file);

        Assert.Equal((78, ""), (result.ExitCode, result.Output));
        Assert.Equal(
            $"{file}:1:11: deadline \"soon\": must be a duration longer than zero, like 30s, 5m, 26h or 1h30m (units y, w, "
                + "d, h, m, s, ms; 100y at most)\n"
                + $"{file}:2:29: targets[1].name \"a\": must be unique: the same name is at {file}:2:18\n",
            result.Error
        );
    }

    [Fact]
    public async Task A_file_may_be_a_pipe()
    {
        var result = await BackupMetrics.RunAsync(["run", "--dry-run", "--config", "/dev/stdin"], null, input: "deadline: soon\n");

        Assert.Equal(78, result.ExitCode);
        Assert.StartsWith(
            "/dev/stdin:1:11: deadline \"soon\": must be a duration longer than zero",
            result.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task In_json_the_place_is_in_the_message()
    {
        using var folder = new TempFolder();
        var file = folder.Write("c.yaml", "nonsense: 1\n");

        var result = await BackupMetrics.RunAsync("run", "--dry-run", "--config", file, "--log-format", "json");

        Assert.Equal(78, result.ExitCode);
        Assert.StartsWith(
            $"{file}:1:1: unknown key \"nonsense\"",
            JsonDocument.Parse(result.Error).RootElement.GetProperty("message").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_subset_is_printed_with_a_warning()
    {
        using var folder = new TempFolder();
        var file = folder.Write(
            "c.yaml",
            $"targets: [{{name: a, connection: 'host=127.0.0.1 port={FreePort.Next()} user=u'}}, {{name: b}}]\n"
        );

        var result = await BackupMetrics.RunAsync("run", "--config", file, "--target", "a");

        Assert.Equal(69, result.ExitCode);
        Assert.StartsWith("warning --target: the metrics are printed, not pushed", result.Error, StringComparison.Ordinal);
        Assert.Contains("postgres_backup_probe_success{", result.Output, StringComparison.Ordinal);
    }

    /// <summary>The runtime lists each method that it compiles; a ready-made one of ours it lists, too, when told to use none.</summary>
}
