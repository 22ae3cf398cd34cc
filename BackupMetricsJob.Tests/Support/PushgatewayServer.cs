using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace BackupMetricsJob.Tests.Support;

/// <summary>A real Pushgateway of its own on a free port of 127.0.0.1, without persistence; gone when disposed.</summary>
internal sealed class PushgatewayServer : IAsyncDisposable
{
    const string Listening = "msg=\"Listening on\" address=";

    readonly Process _process;
    readonly HttpClient _client = new();
    bool _disposed;

    PushgatewayServer(Process process, string address)
    {
        _process = process;
        Url = "http://" + address;
        Port = new Uri(Url).Port;
    }

    public string Url { get; }

    public int Port { get; }

    /// <summary>The address where its <c>--web.config.file</c> makes it speak TLS.</summary>
    public string TlsUrl => Url.Replace("http://", "https://", StringComparison.Ordinal);

    /// <summary>Ready when it returns. Debian's package persists by default, so that is switched off always.</summary>
    public static Task<PushgatewayServer> StartAsync(params string[] options) => StartAtAsync(0, options);

    /// <summary>On the port of one that is gone, say.</summary>
    public static async Task<PushgatewayServer> StartAtAsync(int port, params string[] options)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(
                "prometheus-pushgateway",
                ["--persistence.file=", $"--web.listen-address=127.0.0.1:{port}", .. options]
            )
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                WorkingDirectory = Path.GetTempPath(),
            },
        };
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new List<string>();
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
                address.TrySetException(new InvalidOperationException("prometheus-pushgateway ended: " + string.Join('\n', log)));
            else if (line.Data.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
                address.TrySetResult(line.Data[(at + Listening.Length)..].Trim());
            else if (!address.Task.IsCompleted)
                log.Add(line.Data);
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception failure)
        {
            throw new InvalidOperationException(
                "these tests need prometheus-pushgateway on the PATH: apt-get install prometheus-pushgateway",
                failure
            );
        }

        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        try
        {
            return new PushgatewayServer(process, await address.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>What Prometheus would scrape.</summary>
    public Task<string> MetricsAsync() => _client.GetStringAsync(new Uri(Url + "/metrics"));

    /// <summary>The groups of <c>/api/v1/metrics</c>: each an object with <c>labels</c> and the families by name.</summary>
    public async Task<IReadOnlyList<JsonElement>> GroupsAsync()
    {
        using var answer = JsonDocument.Parse(await _client.GetStringAsync(new Uri(Url + "/api/v1/metrics")));
        return [.. answer.RootElement.GetProperty("data").EnumerateArray().Select(group => group.Clone())];
    }

    /// <summary>The lines of <see cref="MetricsAsync"/> of this metric, without its HELP and TYPE.</summary>
    public async Task<IReadOnlyList<string>> SamplesAsync(string name)
    {
        var lines = (await MetricsAsync()).Split('\n');
        return
        [
            .. lines.Where(line =>
                line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal)
            ),
        ];
    }

    /// <summary>Kills it: what it had is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
