using System.Runtime.InteropServices;

namespace BackupMetricsJob.Tests.Support;

/// <summary>`backup-metrics schedule --listen` as a user starts it, on a port that the system chose.</summary>
internal sealed class Daemon : IAsyncDisposable
{
    readonly ChildProcess _process;

    Daemon(ChildProcess process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public string Log => _process.Error;

    public int Id => _process.Id;

    public static async Task<Daemon> StartAsync(params string[] arguments)
    {
        var process = BackupMetrics.Start(["schedule", "--timezone", "UTC", "--listen", "127.0.0.1:0", .. arguments]);
        try
        {
            var line = await process.WaitForErrorLineAsync("listening on ");
            return new(process, new(line[(line.IndexOf("listening on ", StringComparison.Ordinal) + 13)..].Split(',')[0]));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>The status and the body; what is compressed is not decompressed.</summary>
    public async Task<(int Status, string Body)> GetAsync(string path, string? authorization = null)
    {
        using var client = new HttpClient { Timeout = Wait.Deadline };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path));
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public Task<string> WaitForLineAsync(string part) => _process.WaitForErrorLineAsync(part);

    public void Signal(PosixSignal signal) => _process.Signal(signal);

    public Task<ProcessResult> WaitAsync(TimeSpan? deadline = null) => _process.WaitAsync(deadline);

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
