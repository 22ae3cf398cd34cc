using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit.Abstractions;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>Measures the heap of this process, so no other test may run at the same time.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public static class MemoryTestsAlone;

/// <summary>A daemon runs for months: counts what a run leaves behind. BACKUP_METRICS_MANY_RUNS=10000 sets the number of runs.</summary>
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Runs_leave_nothing_behind()
    {
        var many = int.Parse(Environment.GetEnvironmentVariable("BACKUP_METRICS_MANY_RUNS") ?? "300", CultureInfo.InvariantCulture);
        using var end = new CancellationTokenSource();
        var listening = new TaskCompletionSource<int>();
        var serving = ServeAsync(listening, end.Token);
        using var daemon = new Harness(
            TimeProvider.System,
            "cron=0 0 0 1 1 ?",
            "timezone=UTC",
            $"gateway=http://127.0.0.1:{await listening.Task}"
        );
        var slot = DateTimeOffset.UtcNow;
        for (var i = 0; i < 100; i++)
            await daemon.Runner.RunAsync(slot);
        daemon.Forget();
        var (before, handles) = (GC.GetTotalMemory(forceFullCollection: true), Handles());

        for (var i = 0; i < many; i++)
            await daemon.Runner.RunAsync(slot);

        daemon.Forget();
        var after = GC.GetTotalMemory(forceFullCollection: true);
        output.WriteLine(
            $"{many} runs: {before / 1024} KiB before, {after / 1024} KiB after, {handles} and {Handles()} open files, "
                + $"{Environment.WorkingSet >> 20} MiB resident"
        );
        Assert.All(daemon.State.Now.History, run => Assert.Equal(69, (int)run.ExitCode));
        Assert.Equal(50, daemon.State.Now.History.Count);
        await end.CancelAsync();
        await serving;
        if (many >= 10_000)
            Assert.InRange(after - before, long.MinValue, 200 * 1024);
        else
            Assert.InRange((after - before) / many, long.MinValue, 2000);
    }

    static int Handles() => Directory.GetFiles("/proc/self/fd").Length;

    static async Task ServeAsync(TaskCompletionSource<int> listening, CancellationToken end)
    {
        using var gateway = new TcpListener(IPAddress.Loopback, 0);
        gateway.Start();
        listening.SetResult(((IPEndPoint)gateway.LocalEndpoint).Port);
        var buffer = new byte[65536];
        while (!end.IsCancellationRequested)
        {
            try
            {
                using var connection = await gateway.AcceptSocketAsync(end);
                var text = "";
                while (
                    !text.Contains("backup_metrics_build_info{", StringComparison.Ordinal)
                    && await connection.ReceiveAsync(buffer, end) is > 0 and var count
                )
                    text += Encoding.ASCII.GetString(buffer, 0, count);
                await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), end);
                connection.Shutdown(SocketShutdown.Both);
            }
            catch (Exception gone) when (gone is OperationCanceledException or SocketException) { }
        }
    }
}
