namespace BackupMetricsJob.Tests.Configuration;

/// <summary>The setting heartbeat: its URLs, where they may be, and that no message shows them.</summary>
public sealed class HeartbeatReaderTests
{
    const string Targets = "gateway: {url: http://gw:9091}\ntargets: [{name: orders, connection: host=h user=u}]\n";

    [Fact]
    public void The_urls_of_healthchecks_io_follow_from_one()
    {
        using var file = new ConfigurationFile("heartbeat: {url: https://hc.example/a-b/?create=1}\n" + Targets);

        var heartbeat = file.Read(push: true).Heartbeat!;

        Assert.Equal("https://hc.example/a-b/?create=1", heartbeat.Success.ToString());
        Assert.Equal("https://hc.example/a-b/start?create=1", heartbeat.Start!.ToString());
        Assert.Equal("https://hc.example/a-b/fail?create=1", heartbeat.Fail!.ToString());
        Assert.Equal("https://hc.example", heartbeat.ToString());
        Assert.Null(file.Read().Heartbeat);
        Assert.Null(file.Read(["dry-run=true"], push: true).Heartbeat);
    }

    [Fact]
    public void Others_are_named_or_left_out()
    {
        using var file = new ConfigurationFile("heartbeat: {url_env: HB, start: none, fail: 'http://k/x?status=down'}\n" + Targets);

        var heartbeat = file.Read([], ["HB=http://k/x?status=up"], push: true).Heartbeat!;

        Assert.Equal(("http://k/x?status=up", null), (heartbeat.Success.ToString(), heartbeat.Start));
        Assert.Equal("http://k/x?status=down", heartbeat.Fail!.ToString());
        Assert.Contains("url_env \"HB\": the variable is not set", file.Problems(push: true), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flag_replaces_the_file_and_a_flag_of_a_file_a_variable()
    {
        using var file = new ConfigurationFile("heartbeat: {url: https://hc.example/a, start: none}\n" + Targets);
        file.Add("url", "https://b.example/b\n");

        Assert.Equal("https://b.example/b/start", file.Read(["heartbeat-file=FOLDER/url"], push: true).Heartbeat!.Start!.ToString());
        Assert.Equal(
            "https://b.example",
            file.Read(["heartbeat-file=FOLDER/url"], ["BACKUP_METRICS_HEARTBEAT=http://c/c"], push: true).Heartbeat!.ToString()
        );
        Assert.Equal(
            "http://c",
            file.Read(["heartbeat=http://c/c"], ["BACKUP_METRICS_HEARTBEAT_FILE=/nonexistent"], push: true).Heartbeat!.ToString()
        );
        Assert.Contains(
            "--heartbeat-file: cannot be combined with --heartbeat",
            file.Problems(["heartbeat=http://c/c", "heartbeat-file=FOLDER/url"], push: true),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("heartbeat: {url: ftp://s3cret/x}\n", new string[0], "main.yaml:1:18: heartbeat.url: must be a URL like")]
    [InlineData(
        "heartbeat: {url: http://h/x, fail: s3cret}\n",
        new string[0],
        "main.yaml:1:36: heartbeat.fail: must be none, or a URL like"
    )]
    [InlineData("heartbeat: {url: 'https://u:s3cret@h/x'}\n", new string[0], "heartbeat.url: must be a URL like")]
    [InlineData("heartbeat: {start: none}\n", new string[0], "heartbeat: url is missing: set it, or url_file, or url_env")]
    [InlineData("heartbeat: {url: http://h/x, url_env: Y}\n", new string[0], "heartbeat.url_env: cannot be combined with url")]
    [InlineData("", new[] { "heartbeat=s3cret" }, "--heartbeat: must be a URL like")]
    [InlineData("", new[] { "heartbeat-file=FOLDER/main.yaml" }, "--heartbeat-file \"main.yaml\": has more than one line")]
    [InlineData("", new[] { "heartbeat-file=/nonexistent" }, "--heartbeat-file \"/nonexistent\": ")]
    public void What_is_wrong_is_said_without_it(string text, string[] flags, string problem)
    {
        using var file = new ConfigurationFile(text + Targets);

        var problems = file.Problems(flags, push: true);

        Assert.Contains(problem, problems, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", problems, StringComparison.Ordinal);
    }
}
