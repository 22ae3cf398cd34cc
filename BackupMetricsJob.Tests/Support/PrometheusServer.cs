using System.Globalization;
using System.Text.Json;

namespace BackupMetricsJob.Tests.Support;

/// <summary>One series of a query's answer, with its newest value.</summary>
internal sealed record PrometheusSample(IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>For the message of a test that fails.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{{{string.Join(", ", Labels.Select(label => $"{label.Key}=\"{label.Value}\""))}}} {Value}"
        );
}

/// <summary>
/// A real Prometheus with an empty database of its own on a free port, ready when <see cref="StartAsync"/> returns; gone with its files
/// when disposed.
/// </summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    static readonly string Consoles = Path.Combine(Repository.Root, "deploy", "prometheus", "consoles");

    readonly TempFolder _folder;
    readonly ChildProcess _process;
    readonly HttpClient _client;

    PrometheusServer(TempFolder folder, ChildProcess process, Uri address)
    {
        _folder = folder;
        _process = process;
        Address = address;
        _client = new() { BaseAddress = address, Timeout = Wait.Deadline };
    }

    public Uri Address { get; }

    public string Log => _process.Error;

    /// <summary>Starts with this configuration; <paramref name="files"/> (rules, say) are written beside it under their names.</summary>
    public static async Task<PrometheusServer> StartAsync(string configuration, params (string Name, string Text)[] files)
    {
        var program = Tool.Find("prometheus", "apt-get install prometheus");
        var _folder = new TempFolder();
        ChildProcess? _process = null;
        try
        {
            foreach (var (name, text) in files)
                _folder.Write(name, text);
            _process = ChildProcess.Start(
                program,
                [
                    "--config.file=" + _folder.Write("prometheus.yml", configuration),
                    "--storage.tsdb.path=" + _folder.File("data"),
                    "--web.listen-address=127.0.0.1:0",
                    "--web.enable-lifecycle",
                    "--web.console.templates=" + Consoles,
                    "--web.console.libraries=" + Consoles,
                    "--log.level=info",
                ]
            );
            var listening = await _process.WaitForErrorLineAsync("msg=\"Listening on\"");
            await _process.WaitForErrorLineAsync("Server is ready to receive web requests");
            var address = listening[(listening.LastIndexOf('=') + 1)..].Trim('"');
            return new(_folder, _process, new Uri($"http://{address}/"));
        }
        catch
        {
            if (_process is not null)
                await _process.DisposeAsync();
            _folder.Dispose();
            throw;
        }
    }

    /// <summary>The answer to an instant query, now or at a given time.</summary>
    public async Task<IReadOnlyList<PrometheusSample>> QueryAsync(string expression, DateTimeOffset? at = null)
    {
        var time = at is { } moment ? "&time=" + (moment.ToUnixTimeMilliseconds() / 1000.0).ToString(CultureInfo.InvariantCulture) : "";
        using var answer = JsonDocument.Parse(await GetAsync($"api/v1/query?query={Uri.EscapeDataString(expression)}{time}"));
        var result = answer.RootElement.GetProperty("data").GetProperty("result");
        if (answer.RootElement.GetProperty("data").GetProperty("resultType").GetString() != "vector")
            throw new ArgumentException($"{expression} is not an instant vector.", nameof(expression));
        return [.. result.EnumerateArray().Select(Sample)];
    }

    /// <summary>Waits until a query has an answer, and returns it.</summary>
    public async Task<IReadOnlyList<PrometheusSample>> WaitForAsync(string expression, TimeSpan? deadline = null)
    {
        IReadOnlyList<PrometheusSample> samples = [];
        await Wait.ForAsync(
            $"an answer to {expression}",
            async () => (samples = await QueryAsync(expression)).Count > 0,
            deadline,
            () => Log
        );
        return samples;
    }

    /// <summary>The body of a page or API answer; an error with its body if it is not a success.</summary>
    public async Task<string> GetAsync(string path)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative));
        var body = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? body : throw new InvalidOperationException($"GET {path}: {(int)response.StatusCode}\n{body}");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    static PrometheusSample Sample(JsonElement series) =>
        new(
            series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
            Number(series.GetProperty("value")[1].GetString()!)
        );

    static double Number(string text) =>
        text switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            _ => double.Parse(text, CultureInfo.InvariantCulture),
        };
}
