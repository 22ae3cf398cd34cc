using BackupMetricsJob.Tests.Integration;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>The targets of a configuration file that say how their backups are restored, one after the other.</summary>
public sealed class DrillFileTests(DrilledServer drilled) : IClassFixture<DrilledServer>
{
    [Fact]
    public async Task Each_target_is_drilled_recorded_and_pushed_into_a_group_of_its_own()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var place = await DrillPlace.CreateAsync();
        var file = Write(place, gateway.Url);
        place.Write("checks.sql", "SELECT count(*) = 1 FROM later3");

        var all = await place.RunAsync("--config", file, "--catalogue", catalogue.Uri, "--timeout", "2m");

        Assert.Equal(65, all.ExitCode);
        Assert.Matches("\ndrill of stock: pg_dump\n(.*\n)*FAILED in preflight: no backup of stock is proved\n", all.Error);
        Assert.Matches("(^|\n)drill of orders: pg_basebackup\nclaim: all until .* according to the server\n", all.Error);
        Assert.Matches(": files of [0-9]+ relations, 1 query, checksums\n", all.Error);
        Assert.DoesNotContain("drill of quiet", all.Error, StringComparison.Ordinal);
        Assert.EndsWith("\n2 drills: 1 restored, 1 failed (stock)\n", all.Error, StringComparison.Ordinal);
        Assert.Empty(place.Left());
        var pushed = await gateway.MetricsAsync();
        Assert.Contains(Success("orders", "pg_basebackup") + "1\n", pushed, StringComparison.Ordinal);
        Assert.Contains(Success("stock", "pg_dump") + "0\n", pushed, StringComparison.Ordinal);
        Assert.Equal(
            "orders:done stock:failed",
            await catalogue.Database.ScalarAsync<string>(
                "SELECT string_agg(server || ':' || status, ' ' ORDER BY server) FROM backup_metrics.backup_catalog"
            )
        );

        // Another one of them later: the series of the others stay.
        File.Copy(drilled.Dump("custom"), place.File("stock.dump"), overwrite: true);
        var one = await place.RunAsync("--config", file, "--target", "stock");
        Assert.True(one.ExitCode == 0, one.Error);
        pushed = await gateway.MetricsAsync();
        Assert.Contains(Success("orders", "pg_basebackup") + "1\n", pushed, StringComparison.Ordinal);
        Assert.Contains(Success("stock", "pg_dump") + "1\n", pushed, StringComparison.Ordinal);

        static string Success(string server, string tool) =>
            $"postgres_restore_test_success{{cluster=\"eu1\",drill=\"{server}\",env=\"prod\",instance=\"{server}\","
            + $"job=\"nightly\",tool=\"{tool}\"}} ";
    }

    [Fact]
    public async Task In_rotation_the_one_that_was_tested_longest_ago_is_next_whatever_came_of_it()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await using var place = await DrillPlace.CreateAsync();
        var file = Write(place, gateway: null);
        place.Write("checks.sql", "SELECT true");
        var drilledOnes = new List<string>();

        for (var night = 0; night < 4; night++)
        {
            var result = await place.RunAsync("--config", file, "--catalogue", catalogue.Uri, "--count", "1");
            drilledOnes.Add(result.Error.Split('\n')[0]);
        }

        const string Orders = "drill of orders: pg_basebackup";
        const string Stock = "drill of stock: pg_dump";
        Assert.Equal([Orders, Stock, Orders, Stock], drilledOnes);
    }

    [Fact]
    public async Task Without_time_the_rest_is_not_begun_and_says_so()
    {
        await using var place = await DrillPlace.CreateAsync();
        var file = place.Write(
            "backup.yaml",
            """
            defaults:
              connection: postgresql://nobody@127.0.0.1:1/nowhere
              drill: {tool: command, restore_command: sleep 1000}
            targets: [{name: a}, {name: b}]
            """
        );

        var result = await place.RunAsync("--config", file, "--timeout", "2s");

        Assert.Equal(69, result.ExitCode);
        Assert.EndsWith("\n2 drills: 0 restored, 1 without a verdict (a), 1 not begun (b)\n", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tool: pg_dump", "", 78, "targets[0].drill: dump is missing: tool pg_dump needs it")]
    [InlineData("tool: pgbackrest, dump: x", "", 78, "targets[0].drill.dump: is not for tool pgbackrest")]
    [InlineData("stanza: x", "", 78, "targets[0].drill: tool is missing: what made the backup")]
    [InlineData("tool: pgbackrest", "--stanza y", 64, "--stanza: describes a single drill")]
    [InlineData("tool: pgbackrest", "--target bb", 64, "must be the name of a target in the files")]
    [InlineData("tool: pgbackrest", "--target b", 64, "the target \"b\" has no drill")]
    [InlineData("tool: pgbackrest", "--count 1", 64, "--count: needs --catalogue")]
    public async Task What_is_wrong_is_told_before_anything_is_done(string drill, string flags, int code, string problem)
    {
        using var folder = new TempFolder();
        var file = folder.Write(
            "backup.yaml",
            $"targets:\n- {{name: a, connection: host=h, drill: {{{drill}}}}}\n- {{name: b, connection: host=h}}\n"
        );

        var result = await BackupMetrics.RunAsync([
            .. (string[])["drill", "--config", file],
            .. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);

        Assert.True(result.ExitCode == code, result.Error);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
    }

    /// <summary>What one target names has vanished: the others are drilled, and this one is told.</summary>
    [Fact]
    public async Task A_file_that_one_target_names_and_that_is_gone_keeps_no_other_target_from_its_drill()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var place = await DrillPlace.CreateAsync();
        var file = Write(place, gateway.Url);
        File.Copy(drilled.Dump("custom"), place.File("stock.dump"), overwrite: true);
        await File.AppendAllTextAsync(file, "- {name: gone, drill: {tool: pg_dump, dump: stock.dump, query_file: gone.sql}}\n");
        place.Write("checks.sql", "SELECT true");

        var result = await place.RunAsync("--config", file, "--catalogue", catalogue.Uri, "--timeout", "2m");

        Assert.True(result.ExitCode == 78, result.Error);
        Assert.Matches($"\nUNFINISHED preflight .*: --query {place.File("gone.sql")}: there is no such file", result.Error);
        Assert.EndsWith("\n3 drills: 2 restored, 1 without a verdict (gone)\n", result.Error, StringComparison.Ordinal);
        Assert.Equal(
            "gone:waiting orders:done stock:done",
            await catalogue.Database.ScalarAsync<string>(
                "SELECT string_agg(server || ':' || status, ' ' ORDER BY server) FROM backup_metrics.backup_catalog"
            )
        );
        Assert.Matches("\npostgres_restore_test_unfinished_timestamp_seconds{[^}]*instance=\"gone\"[^}]*} ", await gateway.MetricsAsync());
    }

    [Fact]
    public async Task A_file_without_a_drill_says_that_none_is_there()
    {
        using var folder = new TempFolder();

        var result = await BackupMetrics.RunAsync(
            "drill",
            "--config",
            folder.Write("backup.yaml", "targets: [{name: a, connection: host=h}]\n")
        );

        Assert.Equal(78, result.ExitCode);
        Assert.Contains("no target of the files has a map drill", result.Error, StringComparison.Ordinal);
    }

    /// <summary>Names in it are relative to its directory; the target that is not drilled says so.</summary>
    string Write(DrillPlace place, string? gateway)
    {
        File.WriteAllText(place.File("stock.dump"), "");
        var of = gateway is null ? "" : $"gateway: {{url: {gateway}}}";
        return place.Write(
            "backup.yaml",
            $$$"""
            {{{of}}}
            job: nightly
            grouping: {cluster: eu1}
            defaults:
              connection: {{{drilled.Server.ConnectionUri()}}}
              labels: {env: prod}
              drill: {tool: pg_basebackup, archive: "{{{drilled.Archive}}}", query_file: checks.sql}
            targets:
            - {name: orders, drill: {directory: "{{{drilled.Plain}}}"}}
            - {name: quiet, drill: none}
            - {name: stock, drill: {tool: pg_dump, dump: stock.dump}}

            """
        );
    }
}
