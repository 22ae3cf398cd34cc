using System.Text.RegularExpressions;

namespace BackupMetricsJob.Tests.Support;

/// <summary>A real node_exporter on a free port, with the textfile collector alone, which reads the files of a folder.</summary>
internal sealed partial class NodeExporterServer : IAsyncDisposable
{
    readonly ChildProcess _process;
    readonly HttpClient _client = new() { Timeout = Wait.Deadline };

    NodeExporterServer(ChildProcess process, string authority) => (_process, Authority) = (process, authority);

    /// <summary>Host and port.</summary>
    public string Authority { get; }

    public static async Task<NodeExporterServer> StartAsync(string folder)
    {
        var process = ChildProcess.Start(
            Tool.Find("prometheus-node-exporter", "apt-get install prometheus-node-exporter"),
            [
                "--collector.disable-defaults",
                "--collector.textfile",
                "--collector.textfile.directory=" + folder,
                "--web.disable-exporter-metrics",
                "--web.listen-address=127.0.0.1:0",
            ],
            new() { Unprivileged = true }
        );
        try
        {
            var listening = await process.WaitForErrorLineAsync("msg=\"Listening on\"");
            return new(process, Address().Match(listening).Groups[1].Value);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>What a scrape gets.</summary>
    public Task<string> MetricsAsync() => _client.GetStringAsync(new Uri($"http://{Authority}/metrics"));

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
    }

    [GeneratedRegex("address=([0-9.:]+)")]
    private static partial Regex Address();
}
