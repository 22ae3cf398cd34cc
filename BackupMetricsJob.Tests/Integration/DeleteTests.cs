using System.Globalization;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>backup-metrics delete, as it is typed, on a real gateway that others use, too.</summary>
public sealed class DeleteTests : IAsyncLifetime
{
    const string Ours = "# TYPE backup_metrics_build_info gauge\nbackup_metrics_build_info 1\n";

    PushgatewayServer _gateway = null!;

    public async Task InitializeAsync() => _gateway = await PushgatewayServer.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Groups_of_ours_go_and_no_other()
    {
        await PutAsync("/job/backups/run/db", Ours);
        await PutAsync("/job/backups/run@base64/YS9iIMOp/shard/0", Ours);
        await PutAsync("/job/backups2/run/db", Ours);
        await PutAsync("/job/backups/run/stranger", "a 1\n");

        var result = await DeleteAsync("--job", "backups");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(
            [
                $"deleted {{job=\"backups\", run=\"a/b é\", shard=\"0\"}} at {_gateway.Url}, last pushed AGO ago",
                $"deleted {{job=\"backups\", run=\"db\"}} at {_gateway.Url}, last pushed AGO ago",
                $"left alone {{job=\"backups\", run=\"stranger\"}} at {_gateway.Url}, last pushed AGO ago: "
                    + "backup-metrics did not push it (it has no backup_metrics_build_info)",
            ],
            Lines(result)
        );
        Assert.Equal(["{\"job\":\"backups\",\"run\":\"stranger\"}", "{\"job\":\"backups2\",\"run\":\"db\"}"], await GroupsAsync());
    }

    [Fact]
    public async Task All_labels_that_are_given_must_be_there()
    {
        await PutAsync("/job/backups/cluster/eu1/shard/0", Ours);
        await PutAsync("/job/backups/cluster/eu1/shard/1", Ours);
        await PutAsync("/job/backups/cluster/eu2/shard/1", Ours);

        Assert.Equal(0, (await DeleteAsync("--job", "backups", "--grouping", "shard=1", "--grouping", "cluster=eu1")).ExitCode);

        Assert.Equal(
            ["{\"cluster\":\"eu1\",\"job\":\"backups\",\"shard\":\"0\"}", "{\"cluster\":\"eu2\",\"job\":\"backups\",\"shard\":\"1\"}"],
            await GroupsAsync()
        );
    }

    [Fact]
    public async Task What_was_pushed_lately_is_kept()
    {
        await PutAsync("/job/backups/run/db", Ours);

        var kept = await DeleteAsync("--job", "backups", "--older-than", "1h");
        var gone = await DeleteAsync("--job", "backups", "--older-than", "0s");

        Assert.Equal(
            (0, $"kept {{job=\"backups\", run=\"db\"}} at {_gateway.Url}, last pushed AGO ago"),
            (kept.ExitCode, Assert.Single(Lines(kept)))
        );
        Assert.StartsWith(
            $"nothing to delete at {_gateway.Url}: no group that backup-metrics pushed has {{job=\"backups\"}} and was last "
                + "pushed more than 60 min ago",
            kept.Error,
            StringComparison.Ordinal
        );
        Assert.StartsWith("deleted ", Assert.Single(Lines(gone)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_only_says()
    {
        await PutAsync("/job/backups/run/db", Ours);

        var result = await DeleteAsync("--job", "backups", "--dry-run");

        Assert.Equal(
            (0, $"would delete {{job=\"backups\", run=\"db\"}} at {_gateway.Url}, last pushed AGO ago"),
            (result.ExitCode, Assert.Single(Lines(result)))
        );
        Assert.Single(await GroupsAsync());
    }

    [Fact]
    public async Task Nothing_to_do_shows_what_there_is_and_is_well()
    {
        for (var i = 0; i < 22; i++)
            await PutAsync(string.Create(CultureInfo.InvariantCulture, $"/job/backups/shard/{i:00}"), Ours);
        await PutAsync("/job/stranger", "a 1\n");

        var result = await DeleteAsync("--job", "backup");

        Assert.Equal((0, ""), (result.ExitCode, result.Output));
        var lines = result.Error.TrimEnd().Split('\n');
        Assert.Equal($"nothing to delete at {_gateway.Url}: no group that backup-metrics pushed has {{job=\"backup\"}}", lines[0]);
        Assert.StartsWith($"found {{job=\"backups\", shard=\"00\"}} at {_gateway.Url}, last pushed ", lines[1], StringComparison.Ordinal);
        Assert.Equal("and 2 more", lines[^1]);
        Assert.Equal(22, lines.Length);
    }

    [Fact]
    public async Task What_a_run_pushed_is_its_own()
    {
        await BackupMetrics.RunAsync(
            "run",
            "--connection",
            $"postgresql://u@127.0.0.1:{FreePort.Next()}/x",
            "--instance",
            "old name",
            "--gateway",
            _gateway.Url
        );
        Assert.Single(await GroupsAsync());

        var result = await DeleteAsync("--job", "backup_metrics", "--grouping", "run=old name");

        Assert.Equal(0, result.ExitCode);
        Assert.Empty(await GroupsAsync());
    }

    [Fact]
    public async Task Several_gateways_are_each_cleaned_and_the_worst_of_them_is_told()
    {
        await PutAsync("/job/backups", Ours);
        var nobody = $"http://127.0.0.1:{FreePort.Next()}";

        var result = await DeleteAsync("--job", "backups", "--gateway", nobody);

        Assert.Equal(75, result.ExitCode);
        Assert.StartsWith("deleted ", Assert.Single(Lines(result)), StringComparison.Ordinal);
        Assert.StartsWith(
            $"backup-metrics: delete: {nobody} could not be reached: Connection refused",
            result.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Credentials_are_needed_where_the_gateway_wants_them_and_never_shown()
    {
        using var folder = new TempFolder();
        await using var gateway = await PushgatewayServer.StartAsync(
            "--web.config.file=" + folder.Write("web.yml", Pushgateway.Gateways.Users)
        );
        var password = folder.Write("password", "correct horse é\n", secret: true);
        var wrong = folder.Write("wrong", "s3cret\n", secret: true);

        var none = await BackupMetrics.RunAsync("delete", "--job", "j", "--gateway", gateway.Url);
        var bad = await BackupMetrics.RunAsync(
            "delete",
            "--job",
            "j",
            "--gateway",
            gateway.Url,
            "--gateway-username",
            "job",
            "--gateway-password-file",
            wrong
        );
        var good = await BackupMetrics.RunAsync(
            ["delete", "--job", "j", "--gateway", gateway.Url],
            new Dictionary<string, string>
            {
                ["BACKUP_METRICS_GATEWAY_USERNAME"] = "job",
                ["BACKUP_METRICS_GATEWAY_PASSWORD_FILE"] = password,
            }
        );

        Assert.Equal(
            (
                76,
                $"backup-metrics: delete: {gateway.Url} refused: it requires credentials, "
                    + "and none are configured (HTTP 401): Unauthorized\n"
            ),
            (none.ExitCode, none.Error)
        );
        Assert.Equal(
            (76, $"backup-metrics: delete: {gateway.Url} refused: it rejected the configured credentials " + "(HTTP 401): Unauthorized\n"),
            (bad.ExitCode, bad.Error)
        );
        Assert.Equal(
            (0, $"nothing to delete at {gateway.Url}: no group that backup-metrics pushed has {{job=\"j\"}}\n"),
            (good.ExitCode, good.Error)
        );
    }

    [Fact]
    public async Task A_group_that_is_pushed_again_meanwhile_is_told()
    {
        const string Group =
            """{"status":"success","data":[{"labels":{"job":"backups"},"backup_metrics_build_info":{},"push_time_seconds":{"metrics":[{"value":"TIME"}]}}]}""";
        await using var gateway = new StubPushgateway(
            StubPushgateway.Status(200, Group.Replace("TIME", "1.7e9", StringComparison.Ordinal)),
            StubPushgateway.Status(202),
            StubPushgateway.Status(200, Group.Replace("TIME", "1.8e9", StringComparison.Ordinal))
        );

        var result = await BackupMetrics.RunAsync("delete", "--job", "backups", "--gateway", gateway.Url);

        Assert.Equal(75, result.ExitCode);
        Assert.EndsWith(": it has been pushed again\n", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, "--gateway is missing", "delete", "--job", "j")]
    [InlineData(64, "--job is missing", "delete", "--gateway", "http://gw")]
    [InlineData(64, "--gateway: gateway \"ftp://gw\"", "delete", "--job", "j", "--gateway", "ftp://gw")]
    [InlineData(64, "--older-than \"1\": must be a duration", "delete", "--job", "j", "--gateway", "http://gw", "--older-than", "1")]
    [InlineData(64, "--grouping \"x\": must be name=value", "delete", "--job", "j", "--gateway", "http://gw", "--grouping", "x")]
    [InlineData(64, "x is given twice", "delete", "--job", "j", "--gateway", "http://gw", "--grouping", "x=1", "--grouping", "x=2")]
    [InlineData(
        78,
        "--gateway-token-file \"/nowhere\"",
        "delete",
        "--job",
        "j",
        "--gateway",
        "http://gw",
        "--gateway-token-file",
        "/nowhere"
    )]
    [InlineData(64, "'--run'", "delete", "--run")]
    public async Task What_is_wrong_with_the_command_line_is_told(int code, string words, params string[] arguments)
    {
        var result = await BackupMetrics.RunAsync(arguments);

        Assert.Equal((code, ""), (result.ExitCode, result.Output));
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_there_is_nothing_to_delete_need_not_be_said()
    {
        var told = await DeleteAsync("--job", "backups");
        var quiet = await DeleteAsync("--job", "backups", "--quiet");

        Assert.StartsWith("nothing to delete at ", told.Error, StringComparison.Ordinal);
        Assert.Equal((0, "", ""), (quiet.ExitCode, quiet.Output, quiet.Error));
    }

    [Fact]
    public async Task Help()
    {
        var result = await BackupMetrics.RunAsync("delete", "--help");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Snapshot.Matches("helpdelete-help.txt", result.Output);
    }

    Task<ProcessResult> DeleteAsync(params string[] arguments) =>
        BackupMetrics.RunAsync(["delete", "--gateway", _gateway.Url, .. arguments]);

    async Task PutAsync(string path, string text)
    {
        using var client = new HttpClient();
        using var content = new StringContent(text);
        (await client.PutAsync(new Uri(_gateway.Url + "/metrics" + path), content)).EnsureSuccessStatusCode();
    }

    async Task<IEnumerable<string>> GroupsAsync() =>
        (await _gateway.GroupsAsync()).Select(group => group.GetProperty("labels").GetRawText()).Order(StringComparer.Ordinal);

    static IEnumerable<string> Lines(ProcessResult result) =>
        result
            .Output.TrimEnd()
            .Split('\n')
            .Order(StringComparer.Ordinal)
            .Select(line =>
            {
                var (from, to) = (
                    line.IndexOf("last pushed ", StringComparison.Ordinal) + 12,
                    line.IndexOf(" ago", StringComparison.Ordinal)
                );
                return line[..from] + "AGO" + line[to..];
            });
}
