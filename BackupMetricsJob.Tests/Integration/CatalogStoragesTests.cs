using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>Lists of pgBackRest with two repositories, as it printed them, from the list to what is published.</summary>
public sealed partial class CatalogStoragesTests
{
    /// <summary>The newest backup of these lists finished a minute before.</summary>
    const long MadeAt = 1795964047;

    [Fact]
    public async Task A_repository_that_fell_behind_is_one_copy_less()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await ImportAsync(catalogue, "repo2_behind", expected: "pgbackrest: 5 new, 0 changed, 0 gone, 0 unchanged (1 server)\n");

        var facts = Assert.Single((await Probe.OfAsync(catalogue.Database, ["catalog"])).Found);
        Assert.Null(facts.Failure);
        Assert.Equal(["repo1", "repo2"], facts.Storages.Select(storage => storage.Name));
        Assert.Equal(
            [BackupType.Diff, BackupType.Full, BackupType.Incr],
            facts.Storages[0].Newest.Select(newest => newest.Type).Order().OrderBy(type => type.Name(), StringComparer.Ordinal)
        );
        Assert.All(
            facts.Storages,
            storage => Assert.Equal(("000000010000000000000001", "00000001000000000000000A"), (storage.FirstSegment, storage.LastSegment))
        );

        var asked = await RunAsync(catalogue, "--copies", "2");
        Assert.Equal(1, asked["postgres_backup_copies{instance=\"orders\"}"]);
        Assert.Equal(2, asked["postgres_backup_copies_min{instance=\"orders\"}"]);
        Assert.DoesNotContain("postgres_backup_copies_min{instance=\"cat\"}", asked.Keys);
        const string Storage =
            "postgres_backup_storage_last_success_timestamp_seconds{instance=\"orders\",source=\"catalog\","
            + "tool=\"pgbackrest\",type=\"full\",storage=";
        Assert.InRange(asked[Storage + "\"repo1\"}"] - asked[Storage + "\"repo2\"}"], 863_000, 866_000);
        Assert.Contains(
            "CRITICAL            1 storage has a backup that is new enough, 2 are asked for (copies: 2); "
                + "repo2 (pgbackrest): its newest is 10 days old",
            await ShowAsync(catalogue, "--copies", "2"),
            StringComparison.Ordinal
        );

        // Where nobody asked, it is told and reported to nobody.
        Assert.Equal(1, (await RunAsync(catalogue))["postgres_backup_copies{instance=\"orders\"}"]);
        var show = await ShowAsync(catalogue);
        Assert.Contains(
            "\n  pgbackrest repo2    full 10 days old, WAL from 000000010000000000000001 to 00000001000000000000000A",
            show,
            StringComparison.Ordinal
        );
        Assert.Contains("copies are not asked for", show, StringComparison.Ordinal);
        Assert.DoesNotContain("CRITICAL", show, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_one_storage_there_are_no_series_by_storage_unless_copies_are_asked_for()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await catalogue.ImportAsync(CatalogDatabase.Backup(1) with { Finished = DateTimeOffset.UtcNow.AddHours(-1) });

        Assert.DoesNotContain(
            (await RunAsync(catalogue)).Keys,
            series => series.Contains("storage", StringComparison.Ordinal) || series.Contains("copies", StringComparison.Ordinal)
        );
        var asked = await RunAsync(catalogue, "--copies", "1");
        Assert.Equal(1, asked["postgres_backup_copies{instance=\"orders\"}"]);
        Assert.Equal(
            ["postgres_backup_storage_emptied", "postgres_backup_storage_last_success_timestamp_seconds"],
            asked
                .Keys.Where(series => series.Contains("storage=\"default\"", StringComparison.Ordinal))
                .Select(series => series.Split('{')[0])
                .Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(
        "repo2_denied",
        "code 99: [PathOpenError] unable to list file info for path '/var/lib/pglab/repo2/backup': [13] Permission denied"
    )]
    [InlineData("wrong1", "code 99: [FormatError] unable to load info file '/var/lib/pglab/repo2/backup/orders/backup.info' or ")]
    [InlineData("lost", "code 1: missing stanza path")]
    public async Task A_repository_that_cannot_be_read_is_named_and_the_other_is_imported(string file, string said)
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await ImportAsync(catalogue, "repo2_behind");

        var import = await ImportAsync(catalogue, file);

        Assert.DoesNotContain('\ufffd', import);
        Assert.Equal(
            file == "wrong1",
            import.Contains(
                "key/value found outside of section at line 1: (what follows is no text: the repository is encrypted, and "
                    + "repo-cipher-pass is not the passphrase that it was created with)",
                StringComparison.Ordinal
            )
        );
        Assert.StartsWith(
            "warning: pgbackrest could not read repo2 of \"orders\". The catalogue has recorded this; the backups in it are unchanged, "
                + $"and those in the others are imported: {said}",
            import,
            StringComparison.Ordinal
        );
        Assert.Equal(5, await catalogue.Database.ScalarAsync<long>("SELECT count(*) FROM backup_metrics.backup_catalog WHERE live"));
        var gauges = await RunAsync(catalogue, "--copies", "2");
        Assert.Equal(1, gauges["postgres_backup_copies{instance=\"orders\"}"]);
        Assert.Equal(0, gauges["postgres_backup_source_success{instance=\"orders\",source=\"catalog\"}"]);
        Assert.Equal(1, gauges["postgres_backup_source_success{instance=\"cat\",source=\"catalog\"}"]);
        var show = await ShowAsync(catalogue, "--copies", "2");
        Assert.Matches($"CRITICAL +source catalog: pgbackrest could not read repo2 at .{{23}}: {Regex.Escape(said)}", show);
        Assert.Contains("repo2 (pgbackrest): could not be read\n", show, StringComparison.Ordinal);
        Assert.Matches("\n  pgbackrest repo2    could not be read at .{23}, last read at ", show);

        // A list that reads both again ends it.
        await ImportAsync(catalogue, "repo2_behind");
        Assert.DoesNotContain("could not", await ShowAsync(catalogue), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_readable_repository_no_longer_lists_is_gone_although_another_cannot_be_read()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await ImportAsync(catalogue, "repo2_behind");

        await ImportAsync(catalogue, "repo2_denied", change: text => Without(text, "20261129-145225F_20261129-145306I"));

        Assert.Equal(
            ["repo1 20261129-145225F_20261129-145306I"],
            await catalogue.Database.QueryAsync<string>(
                "SELECT storage || ' ' || backup_id FROM backup_metrics.backup_catalog WHERE deleted_at IS NOT NULL"
            )
        );
    }

    [Fact]
    public async Task The_error_of_a_repository_stays_until_it_is_read_again()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await ImportAsync(catalogue, "repo2_denied");

        await ImportAsync(
            catalogue,
            "repo2_denied",
            change: text =>
                text[..text.IndexOf(",{\"cipher\":\"aes", StringComparison.Ordinal)] + "],\"status\":{\"code\":0,\"message\":\"ok\"}}]"
        );

        Assert.Contains("pgbackrest could not read repo2", await ShowAsync(catalogue), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stanza_without_a_backup_has_none_and_is_no_failure()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();

        await ImportAsync(
            catalogue,
            "novalid",
            expected: "warning: \"neu\": the catalogue had no server of this name, and has one now that has no backup: that is critical "
                + "until it has one. If there is no such server, remove it: backup-metrics catalog forget --server neu\n"
                + "pgbackrest: 0 new, 0 changed, 0 gone, 0 unchanged (1 server)\n"
        );

        var gauges = await RunAsync(catalogue, "--copies", "1");
        Assert.Equal(1, gauges["postgres_backup_source_success{instance=\"neu\",source=\"catalog\"}"]);
        Assert.Equal(0, gauges["postgres_backup_copies{instance=\"neu\"}"]);
        Assert.Contains("CRITICAL            no base backup is known", await ShowAsync(catalogue), StringComparison.Ordinal);
    }

    [Fact]
    public async Task How_far_a_running_backup_is_is_shown()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await ImportAsync(
            catalogue,
            "repo2_behind",
            change: text =>
                text.Replace(
                    "\"held\": false",
                    "\"held\": true, \"size\": 109792819251, \"size-cplt\": 75161927680",
                    StringComparison.Ordinal
                )
        );

        Assert.Matches("one running since .{23}, 68 % done", await ShowAsync(catalogue));
    }

    /// <summary>pgBackRest's list with the times of today.</summary>
    internal static byte[] List(string file, Func<string, string>? change = null)
    {
        var path = Path.Combine(Repository.Tests, "Fixtures", "pgbackrest", "meaning", (file == "lost" ? "repo2_denied" : file) + ".json");
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(path));
        var later = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - MadeAt;
        text = Time()
            .Replace(
                text,
                match =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{match.Groups[1].Value}{long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) + later}"
                    )
            );
        if (file == "lost")
            text = Regex.Replace(text, "\"code\":99,\"message\":\"[^\"]*\"", "\"code\":1,\"message\":\"missing stanza path\"");
        return Encoding.Latin1.GetBytes(change?.Invoke(text) ?? text);
    }

    internal static async Task<ProcessResult> ImportAsync(CatalogDatabase catalogue, byte[] list, params string[] more)
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("list.json"), list);
        return await BackupMetrics.RunAsync(["import", "pgbackrest", folder.File("list.json"), "--connection", catalogue.Uri, .. more]);
    }

    internal static async Task<string> ShowAsync(CatalogDatabase catalogue, params string[] more) =>
        (await BackupMetrics.RunAsync(["show", "--connection", catalogue.Uri, "--source", "catalog", "--instance", "cat", .. more])).Output;

    internal static async Task<IReadOnlyDictionary<string, double>> RunAsync(CatalogDatabase catalogue, params string[] more)
    {
        var run = await BackupMetrics.RunAsync([
            "run",
            "--dry-run",
            "--connection",
            catalogue.Uri,
            "--source",
            "catalog",
            "--instance",
            "cat",
            .. more,
        ]);
        return run
            .Output.Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .ToDictionary(
                line => line[..line.LastIndexOf(' ')],
                line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)
            );
    }

    static async Task<string> ImportAsync(
        CatalogDatabase catalogue,
        string file,
        string? expected = null,
        Func<string, string>? change = null
    )
    {
        var result = await ImportAsync(catalogue, List(file, change));
        Assert.Equal(0, result.ExitCode);
        if (expected is not null)
            Assert.Equal(expected, result.Error);
        return result.Error;
    }

    static string Without(string text, string label)
    {
        var at = text.IndexOf($"\"label\":\"{label}\"", StringComparison.Ordinal);
        var (start, end) = (
            text.LastIndexOf(",{\"archive\"", at, StringComparison.Ordinal),
            text.IndexOf("\"type\":\"incr\"}", at, StringComparison.Ordinal)
        );
        return text.Remove(start, end + "\"type\":\"incr\"}".Length - start);
    }

    [GeneratedRegex("(\"(?:start|stop)\": ?)(1795[0-9]{6})")]
    private static partial Regex Time();
}
