using System.Globalization;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>A listing that is cut off at the end of a line looks whole by itself, but not beside the one before it.</summary>
public sealed class ArchiveListingRefusalTests
{
    const string Known = """
        SELECT concat_ws(' ', r.first_segment, r.last_segment, left(l.error, 24))
        FROM backup_metrics.archive_listing l JOIN backup_metrics.archive_range r USING (server, storage) ORDER BY r.first_segment
        """;

    [Fact]
    public async Task A_listing_that_ends_before_the_last_one_is_refused_and_one_that_begins_later_is_not()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();

        Assert.Equal(0, (await ImportAsync(1, 9)).ExitCode);
        var cut = await ImportAsync(1, 4);
        Assert.Equal(65, cut.ExitCode);
        Assert.Contains("the listing ends 5 segments before the end of that of ", cut.Error, StringComparison.Ordinal);
        Assert.Equal(["1 9 the listing ends 5 segme"], await catalogue.Database.QueryAsync<string>(Known));

        Assert.Equal(0, (await ImportAsync(3, 9)).ExitCode);
        Assert.Equal(["3 9"], await catalogue.Database.QueryAsync<string>(Known));
        Assert.Equal(0, (await ImportAsync(3, 4, "--allow-empty")).ExitCode);
        Assert.Equal(["3 4"], await catalogue.Database.QueryAsync<string>(Known));

        // As `find DIR -type f -printf '%T@ %s %P\n'` prints it.
        async Task<ProcessResult> ImportAsync(int first, int last, params string[] more) =>
            await BackupMetrics.RunAsync(
                ["import", "archive", "--server", "orders", "--connection", catalogue.Uri, .. more],
                null,
                string.Concat(
                    Enumerable
                        .Range(first, last - first + 1)
                        .Select(number =>
                            string.Create(CultureInfo.InvariantCulture, $"1795000000.5 16777216 0000000100000000000000{number:X2}\n")
                        )
                )
            );
    }

    /// <summary>Standard input is of now, and a file, also one that a shell opens, of when it was written.</summary>
    [Fact]
    public async Task A_listing_that_is_imported_as_standard_input_and_then_as_a_file_is_no_older_one()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        using var folder = new TempFolder();
        var file = folder.Write("list.txt", "1795000000.5 16777216 000000010000000000000009\n");
        string[] import = ["import", "archive", "--server", "orders", "--connection", catalogue.Uri];
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-7));

        var redirected = await ChildProcess.RunAsync("sh", ["-c", $"exec '{BackupMetrics.Executable}' \"$@\" < '{file}'", "sh", .. import]);
        Assert.Equal((0, 0), (redirected.ExitCode, (await BackupMetrics.RunAsync([.. import, file])).ExitCode));
        Assert.InRange(await AgeAsync(), 400, 460);

        // The kernel's clock is coarser than this program's.
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow);
        await catalogue.Database.ExecuteAsync("UPDATE backup_metrics.archive_listing SET listed_at = now() + interval '0.5 s'");
        Assert.Equal(0, (await BackupMetrics.RunAsync([.. import, file])).ExitCode);

        // One that came through a pipe is of now; the file in which it was kept says the same, and is no older listing.
        await catalogue.Database.ExecuteAsync("UPDATE backup_metrics.archive_listing SET listed_at = now() + interval '50 s'");
        Assert.Equal(0, (await BackupMetrics.RunAsync([.. import, file])).ExitCode);
        Assert.InRange(await AgeAsync(), -50, 0);
        await File.AppendAllTextAsync(file, "1795000000.5 16777216 00000001000000000000000A\n");
        var older = await BackupMetrics.RunAsync([.. import, file]);
        Assert.Equal(65, older.ExitCode);
        Assert.Contains(", and the catalogue has a newer one, of ", older.Error, StringComparison.Ordinal);

        Task<double> AgeAsync() =>
            catalogue.Database.ScalarAsync<double>(
                "SELECT extract(epoch FROM now() - listed_at)::float8 FROM backup_metrics.archive_listing"
            );
    }

    /// <summary>Typed once with the wrong word: no server is made of it, and the right import ends it.</summary>
    [Fact]
    public async Task The_list_of_a_tool_is_no_failure_of_an_archive_that_was_never_listed_and_the_other_way_round()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        const string List = """[{"backup_name":"base_1","time":"2026-11-20T03:00:00Z","finish_time":"2026-11-20T03:00:00Z"}]""";
        const string Listing = "1795000000.5 16777216 000000010000000000000009\n";

        foreach (var (server, tool, wrong, input) in new[] { ("one", "wal-g", "archive", List), ("two", "archive", "wal-g", Listing) })
        {
            var refused = await ImportAsync(wrong, server, input);

            Assert.Equal(65, refused.ExitCode);
            Assert.Contains(
                $"\nbackup-metrics: import: recorded as a refused import of {tool} on host ",
                refused.Error,
                StringComparison.Ordinal
            );
            Assert.Equal([tool], await RefusedAsync());
            Assert.Equal(0, (await ImportAsync(tool, server, input)).ExitCode);
            Assert.Empty(await RefusedAsync());
        }

        // Where it is imported already, it is a failure of what was asked for.
        var known = await ImportAsync("archive", "two", List);
        Assert.Contains(
            "\nbackup-metrics: import: recorded as a failure of the archive \"default\" of \"two\": show and the alerts report it until "
                + "such an import succeeds\n",
            known.Error,
            StringComparison.Ordinal
        );
        Assert.Empty(await RefusedAsync());
        Assert.Equal(1, await catalogue.Database.ScalarAsync<long>("SELECT count(error) FROM backup_metrics.archive_listing"));

        Task<ProcessResult> ImportAsync(string what, string server, string input) =>
            BackupMetrics.RunAsync(["import", what, "--server", server, "--connection", catalogue.Uri], null, input);

        Task<IReadOnlyList<string>> RefusedAsync() =>
            catalogue.Database.QueryAsync<string>("SELECT tool FROM backup_metrics.backup_refusal");
    }

    /// <summary>The archiver goes by names: before a backup's file, or an unfinished segment, it took the segment before.</summary>
    [Fact]
    public async Task What_the_server_had_archived_is_kept_as_the_segment_that_must_be_there()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var storage = 0;
        foreach (
            var (said, kept) in new[]
            {
                ("000000010000000000000009", "000000010000000000000009"),
                ("000000010000000000000009.00000028.backup\n", "000000010000000000000008"),
                ("000000010000000000000009.partial", "000000010000000000000008"),
                ("000000010000000100000000.partial", ""),
                ("00000002.history", ""),
                ("", ""),
            }
        )
        {
            storage++;
            Assert.Equal(0, (await ImportAsync(said)).ExitCode);
            Assert.Equal(kept, await KeptAsync());
        }

        // What had to be there once has to be there in later listings, too.
        await ImportAsync("000000010000000000000009");
        await ImportAsync("");
        Assert.Equal("000000010000000000000009", await KeptAsync());

        var wrong = await ImportAsync("0/9000000");
        Assert.Equal(64, wrong.ExitCode);
        Assert.Contains("--archived", wrong.Error, StringComparison.Ordinal);

        Task<string> KeptAsync() =>
            catalogue.Database.ScalarAsync<string>(
                $"SELECT coalesce(archived_wal, '') FROM backup_metrics.archive_listing WHERE storage = 's{storage}'"
            );

        async Task<ProcessResult> ImportAsync(string archived) =>
            await BackupMetrics.RunAsync(
                [
                    "import",
                    "archive",
                    "--server",
                    "orders",
                    "--storage",
                    $"s{storage}",
                    "--connection",
                    catalogue.Uri,
                    "--archived",
                    archived,
                ],
                null,
                "1795000000.5 16777216 000000010000000000000009\n"
            );
    }
}
