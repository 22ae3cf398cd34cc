using System.Text.Json;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// Debian's program in the place of an image of the Prometheus project, with the flags of the composition, on a free port; gone when
/// disposed.
/// </summary>
internal sealed class ComposedProgram : IAsyncDisposable
{
    const string Listening = "msg=\"Listening on\" address=";

    readonly ChildProcess _process;

    ComposedProgram(ChildProcess process, string address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>Host and port.</summary>
    public string Address { get; }

    public string Log => _process.Error;

    /// <summary>The program that stands for the image of a service; null if it is none of these.</summary>
    public static string? Of(JsonElement service) =>
        service.GetProperty("image").GetString()!.Split(':')[0] switch
        {
            "prom/pushgateway" => Tool.Find("prometheus-pushgateway", "apt-get install prometheus-pushgateway"),
            "prom/prometheus" => Tool.Find("prometheus", "apt-get install prometheus"),
            "prom/alertmanager" => Tool.Find("prometheus-alertmanager", "apt-get install prometheus-alertmanager"),
            _ => null,
        };

    /// <param name="place">Where each folder of the container is on this machine.</param>
    public static async Task<ComposedProgram> StartAsync(Composition composition, string service, Dictionary<string, string> place)
    {
        var flags = composition
            .Command(service)
            .Select(flag => place.Aggregate(flag, (text, at) => text.Replace("=" + at.Key, "=" + at.Value, StringComparison.Ordinal)));
        var _process = ChildProcess.Start(Of(composition.Services[service])!, [.. flags, "--web.listen-address=127.0.0.1:0"]);
        try
        {
            var line = await _process.WaitForErrorLineAsync(Listening);
            return new(_process, line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim());
        }
        catch
        {
            await _process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
