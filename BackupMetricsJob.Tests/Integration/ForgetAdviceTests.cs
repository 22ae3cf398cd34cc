using BackupMetricsJob.Catalog;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Integration.CatalogDatabase;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// The advice of an import that failed is a command that a shell runs as it is printed, and that takes no other tool's backups away.
/// </summary>
public sealed class ForgetAdviceTests
{
    [Theory]
    [InlineData("orders", "barman")]
    [InlineData("it's `db 1`; $(x)", "my tool")]
    public async Task It_forgets_what_that_tool_said_of_that_server_and_nothing_else(string server, string tool)
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(List(server, Backup(1, server)));
        await catalogue.ImportAsync(
            [new ListingItem.Backup(Backup(2, server) with { Tool = tool }), new ListingItem.CompleteServer(server, "it broke")],
            tool
        );
        var advice = (await Probe.OfAsync(catalogue.Database, ["catalog"])).Found.Single().Failure!.Advice!;
        var command = advice[advice.IndexOf("backup-metrics", StringComparison.Ordinal)..];

        var shell = await ChildProcess.RunAsync("bash", ["-c", $"backup-metrics() {{ printf '%s\\n' \"$@\"; }}; {command}"]);
        var forgotten = await BackupMetrics.RunAsync([.. shell.Output.TrimEnd('\n').Split('\n'), "--connection", catalogue.Uri]);

        Assert.Equal((0, $"removed what was known of \"{server}\": 1 backup\n"), (forgotten.ExitCode, forgotten.Error));
        Assert.Equal([server + " base_001 done"], await catalogue.RowsAsync());
        Assert.Null((await Probe.OfAsync(catalogue.Database, ["catalog"])).Found.Single().Failure);
    }
}
