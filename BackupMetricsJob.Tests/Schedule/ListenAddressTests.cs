using BackupMetricsJob.Schedule.Options;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>--listen and --web-config on the command line.</summary>
public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:9351", "127.0.0.1:9351")]
    [InlineData("[::1]:9351", "[::1]:9351")]
    [InlineData(":9351", ":9351")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    public void An_address_and_a_port(string text, string read) => Assert.Equal(read, ListenAddress.TryParse(text)?.ToString());

    [Theory]
    [InlineData("9351")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("::1:9351")]
    [InlineData("[127.0.0.1]:9351")]
    [InlineData("127.1:9351")]
    [InlineData("db1.example:9351")]
    [InlineData("http://127.0.0.1:9351")]
    public void Anything_else_is_none(string text) => Assert.Null(ListenAddress.TryParse(text));

    [Fact]
    public void What_is_wrong_is_told_with_what_is_allowed()
    {
        Assert.StartsWith(
            "--listen \"9351\": must be an address of this host and a port, like 127.0.0.1:9351",
            Problem("listen=9351"),
            StringComparison.Ordinal
        );
        Assert.StartsWith("--web-config: needs --listen", Problem("web-config=x.yml"), StringComparison.Ordinal);
    }

    [Fact]
    public void Both_come_from_the_file_too_the_path_relative_to_it()
    {
        using var folder = new TempFolder();
        var file = folder.Write(
            "main.yaml",
            "cron: '@hourly'\nlisten: ':9351'\nweb_config: web.yml\ntargets: [{name: a, connection: 'postgresql://u@127.0.0.1:1/x'}]\n"
        );
        using var daemon = new Harness(new FixedClock(), withDatabase: false, ["config=" + file, "no-push=true"]);

        Assert.Equal(
            (":9351", folder.File("web.yml")),
            (daemon.Options.Current.Listen?.ToString(), daemon.Options.Current.WebConfig?.Value)
        );
    }

    static string Problem(string setting) =>
        Assert.Throws<ArgumentException>(() => new Harness(new FixedClock(), "cron=*/5 * * * *", "no-push=true", setting)).Message;
}
