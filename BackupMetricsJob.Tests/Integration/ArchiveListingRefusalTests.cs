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
        await using var catalogue = await CatalogDatabase.StartAsync();

        Assert.Equal(0, (await ImportAsync(1, 9)).ExitCode);
        var cut = await ImportAsync(1, 4);
        Assert.Equal(65, cut.ExitCode);
        Assert.Contains("the listing ends 5 segments before the end of that of ", cut.Error, StringComparison.Ordinal);
        Assert.Equal(["1 9 the listing ends 5 segme"], await catalogue.Server.QueryAsync<string>(Known));

        Assert.Equal(0, (await ImportAsync(3, 9)).ExitCode);
        Assert.Equal(["3 9"], await catalogue.Server.QueryAsync<string>(Known));
        Assert.Equal(0, (await ImportAsync(3, 4, "--allow-empty")).ExitCode);
        Assert.Equal(["3 4"], await catalogue.Server.QueryAsync<string>(Known));

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
}
