using BackupMetricsJob.Tests.Integration;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Integration.CatalogDatabase;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>A drill under a name that the catalogue does not know would be a server of its own there.</summary>
public sealed class DrillNameTests(DrilledServer drilled) : IClassFixture<DrilledServer>
{
    [Fact]
    public async Task A_name_that_the_catalogue_does_not_know_is_told_once()
    {
        await using var catalogue = await CreateAsync();
        await using var place = await DrillPlace.CreateAsync();
        place.Give();
        var first = await UnfinishedAsync("alone");
        var identifier = await drilled.Server.ScalarAsync<string>("SELECT system_identifier::text FROM pg_control_system()");
        await catalogue.ImportAsync(Backup(1) with { SystemIdentifier = ulong.Parse(identifier, null) });

        var main = await place.RunAsync([
            .. (string[])["--tool", "pg_basebackup", "--server", "main", "--directory", drilled.Plain, "--archive", drilled.Archive],
            .. (string[])["--catalogue", catalogue.Uri],
        ]);
        var again = await UnfinishedAsync("main");
        var dump = await UnfinishedAsync("stock");
        var typo = await UnfinishedAsync("oders");

        Assert.DoesNotContain("WARNING", first.Error, StringComparison.Ordinal);
        Assert.Contains(
            "\nWARNING main: the catalogue had no server of this name, and the same cluster, by its system identifier, is known as "
                + "\"orders\" (wal-g). If they are one server, use the name orders for it, and remove the new name: "
                + "backup-metrics catalog forget --server main\n",
            main.Error,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("WARNING", again.Error, StringComparison.Ordinal);
        Assert.Contains(
            "\nWARNING stock: the catalogue had no server of this name, and knows orders. If it is one of them, give that name, and ",
            dump.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("\nWARNING oders: ", typo.Error, StringComparison.Ordinal);
        Assert.Equal((0, 78), (main.ExitCode, dump.ExitCode));

        // What ends before anything is restored is recorded, too.
        Task<ProcessResult> UnfinishedAsync(string name) =>
            place.RunAsync("--tool", "pg_dump", "--server", name, "--dump", "/nowhere", "--catalogue", catalogue.Uri);
    }
}
