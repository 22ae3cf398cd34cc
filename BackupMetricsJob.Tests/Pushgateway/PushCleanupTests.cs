using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Support.StubPushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>Runs alone in the process, because an unobserved exception does not name its origin.</summary>
[CollectionDefinition(nameof(PushCleanupTests), DisableParallelization = true)]
[Collection(nameof(PushCleanupTests))]
public class PushCleanupTests
{
    [Fact]
    public async Task No_way_for_a_push_to_end_leaves_an_unobserved_exception()
    {
        Collect();
        var unobserved = new ConcurrentQueue<Exception>();
        void Note(object? _, UnobservedTaskExceptionEventArgs args) => unobserved.Enqueue(args.Exception);
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await PushInEveryWayAsync();
            Collect();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.Empty(unobserved);
    }

    static async Task PushInEveryWayAsync()
    {
        StubReply[] replies =
        [
            Status(200),
            Status(400, "no"),
            Status(503),
            Reset(),
            Raw(""),
            Raw("HTTP/1.1 20"),
            Hang(),
            Hang("HTTP/1.1 400 No\r\nContent-Length: 9\r\n\r\nab"),
        ];
        foreach (var reply in replies)
        {
            await using var stub = new StubPushgateway(reply);
            await PushAsync(stub.Url, CancellationToken.None);
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            await PushAsync(stub.Url, soon.Token);
        }

        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        using var first = new TcpClient();
        await first.ConnectAsync((IPEndPoint)full.LocalEndPoint!);
        await PushAsync($"http://{full.LocalEndPoint}", CancellationToken.None);
        await PushAsync("http://127.0.0.1:1", CancellationToken.None);
        await PushAsync("http://gateway.invalid", CancellationToken.None);
    }

    static async Task PushAsync(string url, CancellationToken hardStop) =>
        await RegistryPushTests.PushAsync(
            url,
            RegistryPushTests.Registry("a_seconds", 1),
            Gateways.Key("test"),
            Gateways.Seconds(0.4, 0.2),
            hardStop
        );

    static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
