using System.Net.Sockets;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.SupportTests;

public class SmallThingsTests
{
    [Fact]
    public async Task A_hanging_server_accepts_and_says_nothing()
    {
        await using var server = new SilentServer();
        using var client = new TcpClient();
        await client.ConnectAsync(SilentServer.Host, server.Port);
        await server.FirstConnection;

        var read = client.GetStream().ReadAsync(new byte[1]).AsTask();

        Assert.False(read.IsCompleted);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_closing_server_ends_the_stream()
    {
        await using var server = new SilentServer(Silence.Close);
        using var client = new TcpClient();
        await client.ConnectAsync(SilentServer.Host, server.Port);

        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task A_resetting_server_breaks_the_connection()
    {
        await using var server = new SilentServer(Silence.Reset);
        using var client = new TcpClient();
        await client.ConnectAsync(SilentServer.Host, server.Port);

        await client.GetStream().WriteAsync("hello"u8.ToArray());
        var failure = await Assert.ThrowsAsync<IOException>(() => client.GetStream().ReadAsync(new byte[1]).AsTask());

        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(failure.InnerException).SocketErrorCode);
    }

    [Fact]
    public void A_fixed_clock_moves_only_when_told()
    {
        var clock = new FixedClock();
        var start = clock.GetTimestamp();
        Assert.Equal(FixedClock.Noon, clock.GetUtcNow());

        clock.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal(FixedClock.Noon.AddSeconds(90), clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromSeconds(90), clock.GetElapsedTime(start));
    }

    [Fact]
    public void A_snapshot_names_the_first_line_that_differs_and_is_accepted_only_when_asked()
    {
        using var folder = new TempFolder();
        var path = folder.File("help.txt");
        Assert.Contains("no snapshot", Snapshot.Difference(path, "a\nb\n", update: false), StringComparison.Ordinal);

        Assert.Null(Snapshot.Difference(path, "a\nb\n", update: true));

        Assert.Null(Snapshot.Difference(path, "a\nb\n", update: false));
        Assert.Contains("line 2", Snapshot.Difference(path, "a\nc\n", update: false), StringComparison.Ordinal);
        Assert.Contains("line 2", Snapshot.Difference(path, "a", update: false), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_file_is_its_owners_alone()
    {
        using var folder = new TempFolder();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.Write("password", "x", secret: true)));
    }

    [Fact]
    public async Task Waiting_in_vain_says_for_what()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(() =>
            Wait.ForAsync("the moon to fall", () => false, TimeSpan.FromMilliseconds(20), () => "it is still up")
        );

        Assert.Contains("the moon to fall.\nit is still up", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_program_says_what_to_install()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => Tool.Find("no-such-program", "apt-get install such-programs"));

        Assert.Contains("apt-get install such-programs", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_built_command_starts_and_sees_only_the_environment_that_it_is_given()
    {
        await using var process = BackupMetrics.Start(
            [],
            new Dictionary<string, string> { ["GIVEN"] = "1" },
            input: "",
            workingDirectory: "/"
        );

        var result = await process.WaitAsync();

        Assert.NotEqual(127, result.ExitCode); // setpriv's code for a program that is not there
        Assert.DoesNotContain("You must install", result.Error, StringComparison.Ordinal);
    }
}
