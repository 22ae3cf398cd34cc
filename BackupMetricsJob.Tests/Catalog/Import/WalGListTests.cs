using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Tests.Catalog.Import;

/// <summary>What wal-g's BackupTime and ExtendedMetadataDto can print beyond the fixtures: 0.2.14 to main.</summary>
public class WalGListTests
{
    const string A = "000000010000000000000041";
    const string B = "000000010000000000000050";
    const string C = "00000001000000000000006A";

    static string Entry(string name, string more = "") =>
        $$"""{"backup_name":"{{name}}","time":"2026-11-22T01:00:00.73Z","wal_file_name":"ZZZZZZZZZZZZZZZZZZZZZZZZ"{{more}}}""";

    [Fact]
    public async Task Without_detail_the_time_is_when_it_finished()
    {
        var row = await Reading.Row("wal-g", $"[{Entry("base_" + A)}]");
        Assert.Equal(
            (BackupType.Full, null, Reading.Utc("2026-11-22T01:00:00.73"), null, "default", null, null),
            (row.Type, row.Started, row.Finished, row.SizeBytes, row.Storage, row.StartWal, row.Timeline)
        );
    }

    [Fact]
    public async Task Zero_times_and_zero_numbers_are_unknown()
    {
        const string Zeros = """
            ,"storage_name":"","start_time":"0001-01-01T00:00:00Z","finish_time":"0001-01-01T00:00:00Z","date_fmt":"","pg_version":0,"start_lsn":0,"finish_lsn":0,
            "is_permanent":false,"system_identifier":null,"uncompressed_size":0,"compressed_size":0
            """;
        var row = await Reading.Row("wal-g", $"[{Entry("base_" + A, Zeros)}]");
        Assert.Equal(
            (null, Reading.Utc("2026-11-22T01:00:00.73"), null, null),
            (row.Started, row.Finished, row.SizeBytes, row.StoredBytes)
        );
        Assert.Equal((null, null, null, null, null), (row.PgVersionNumber, row.StartLsn, row.StopLsn, row.SystemIdentifier, row.KeepUntil));
    }

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551615")]
    public async Task Large_numbers_are_exact(string number)
    {
        var row = await Reading.Row("wal-g", $"[{Entry("base_" + A, $",\"system_identifier\":{number},\"finish_lsn\":{number}")}]");
        Assert.Equal((number, number), ($"{row.SystemIdentifier}", $"{row.StopLsn}"));
    }

    [Fact]
    public async Task The_same_name_in_two_storages_is_two_backups_and_parents_stay_in_their_storage()
    {
        string In(string storage, string name) => Entry(name, $",\"storage_name\":\"{storage}\"");
        var rows = await Reading.Rows(
            "wal-g",
            $"[{In("s1", $"base_{C}_D_{B}")},{In("s1", $"base_{B}_D_{A}")},{In("s2", $"base_{C}_D_{B}")},{In("s2", $"base_{B}")}]"
        );

        Assert.Equal(
            [("s1", $"base_{B}_D_{A}"), ("s1", $"base_{A}"), ("s2", $"base_{B}"), ("s2", null)],
            rows.Select(row => (row.Storage, row.ParentId))
        );
        Assert.Equal([BackupType.Incr, BackupType.Incr, BackupType.Incr, BackupType.Full], rows.Select(row => row.Type));
    }

    [Fact]
    public async Task A_delta_whose_parent_is_gone_keeps_the_beginning_of_its_name() =>
        Assert.Equal($"base_{A}", (await Reading.Row("wal-g", $"[{Entry($"base_{B}_D_{A}")}]")).ParentId);

    [Theory]
    [InlineData("\"a\\u0000b\"", false)]
    [InlineData("\"\\ud800\"", false)]
    [InlineData("1e100000", false)]
    [InlineData("""{"a":[null,1.5e3,"x\ny"]}""", true)]
    public async Task User_data_is_anything_and_kept_where_a_database_can(string data, bool isKept) =>
        Assert.Equal(isKept, (await Reading.Row("wal-g", $"[{Entry("base_" + A, $",\"user_data\":{data}")}]")).Raw is not null);

    [Theory]
    [InlineData("2026-11-22T01:00:00Z", "2026-11-22T01:00:00")]
    [InlineData("2026-11-22T01:00:00.123456789Z", "2026-11-22T01:00:00.1234567")]
    [InlineData("2026-11-22T01:00:00.5+02:00", "2026-11-21T23:00:00.5")]
    public async Task Times_are_right_whatever_their_zone_and_fraction(string printed, string time) =>
        Assert.Equal(
            Reading.Utc(time),
            (
                await Reading.Row(
                    "wal-g",
                    $"[{Entry("base_" + A, $",\"finish_time\":\"{printed}\"")}]",
                    Reading.Options("db1", "Asia/Kolkata")
                )
            ).Finished
        );

    [Fact]
    public async Task None_at_all_is_an_empty_list_or_null()
    {
        Assert.Equal([("db1", null)], await Reading.Servers("wal-g", "null\n"));
        Assert.Equal([("db1", null)], await Reading.Servers("wal-g", " [ ] "));
    }

    [Fact]
    public async Task Nothing_is_not_an_empty_list_since_wal_g_prints_it_when_it_fails()
    {
        var message = await Reading.Refusal("wal-g", "\n");
        Assert.StartsWith(
            "the input is empty: the output of `wal-g backup-list --detail --json` is expected. Up to 3.0.5",
            message,
            StringComparison.Ordinal
        );
        Assert.EndsWith("give [] with --allow-empty", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "[{\"time\":\"2026-11-22T01:00:00Z\"}]",
        "$[0].backup_name: a name is missing here: is this the output of another command? "
            + "That of `wal-g backup-list --detail --json` is expected"
    )]
    [InlineData("[{\"backup_name\":\"a\"}]", "$[0].time: the finish time is missing")]
    [InlineData("[{\"backup_name\":\"a\",\"time\":\"0001-01-01T00:00:00Z\"}]", "$[0].time: the finish time is missing")]
    [InlineData(
        "[{\"backup_name\":\"a\",\"time\":\"22 Nov 26 01:00 UTC\"}]",
        "$[0].time: \"22 Nov 26 01:00 UTC\" is no time, like 2026-11-22T08:26:38Z"
    )]
    [InlineData(
        "[{\"backup_name\":\"a\",\"time\":\"2026-11-22T13:00:00Z\"}]",
        "$[0].time: the time 2026-11-22T13:00:00Z is in the future: it is 2026-11-22T12:00:00Z now. Is a clock or a time zone wrong?"
    )]
    [InlineData(
        "[{\"backup_name\":\"a\",\"time\":\"2026-11-22T01:00:00Z\",\"start_lsn\":-1}]",
        "$[0].start_lsn: a whole number from 0 to 2^64 - 1 is expected here, not -1"
    )]
    [InlineData(
        "[{\"backup_name\":\"a\",\"time\":\"2026-11-22T01:00:00Z\",\"is_permanent\":\"yes\"}]",
        "$[0].is_permanent: true or false is expected here, not a string"
    )]
    [InlineData("[7]", "$[0]: an object is expected here, not a number")]
    [InlineData("\"x\"", "$: an array of backups, as `wal-g backup-list --detail --json` prints it, is expected here, not a string")]
    [InlineData("{}", "$: an array of backups, as `wal-g backup-list --detail --json` prints it, is expected here, not an object")]
    [InlineData("[] x", "$: not JSON at line 1, byte 4: 'x' is invalid after a single JSON value. Expected end of data.")]
    [InlineData("[\n\n  {,}]", "$: not JSON at line 3, byte 4: ',' is an invalid start of a property name. Expected a '\"'.")]
    public async Task What_cannot_be_is_refused_with_its_place(string text, string message) =>
        Assert.Equal(message, await Reading.Refusal("wal-g", text));

    [Fact]
    public async Task Whose_backups_they_are_must_be_said() =>
        Assert.Equal(
            "wal-g does not say whose backups it lists: name the server with --server",
            await Reading.Refusal("wal-g", "[]", Reading.Options())
        );
}
