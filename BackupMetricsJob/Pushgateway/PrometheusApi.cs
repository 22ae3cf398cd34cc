using System.Net.Http;
using System.Text.Json;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Asks a Prometheus server. It stands here since this room alone speaks HTTP. Failures and credentials are those of <see cref="GatewayApi"/>.
/// </summary>
/// <param name="address">Its URL, perhaps with a path prefix; it must not hold a password.</param>
/// <param name="patience">For one question.</param>
internal sealed class PrometheusApi(Uri address, GatewayCredentials? credentials, GatewayTls? tls, TimeSpan patience, TimeProvider clock, CancellationToken stop)
{
    readonly string _address = address.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>Its whole configuration, in YAML, with <c>&lt;secret&gt;</c> for secrets.</summary>
    public ApiAnswer<string> Configuration() => Ask("/api/v1/status/config", static data => Text(data, "yaml"));

    public ApiAnswer<string> Version() => Ask("/api/v1/status/buildinfo", static data => Text(data, "version"));

    /// <summary>The series that an expression gives now: each an object with <c>metric</c> and <c>value</c>.</summary>
    public ApiAnswer<IReadOnlyList<JsonElement>> Query(string expression) =>
        Ask<IReadOnlyList<JsonElement>>("/api/v1/query?query=" + Uri.EscapeDataString(expression), static data =>
            data.ValueKind == JsonValueKind.Object && data.TryGetProperty("result", out var result) && result.ValueKind == JsonValueKind.Array
                ? [.. result.EnumerateArray()]
                : throw new JsonException("it has no result in it"));

    ApiAnswer<T> Ask<T>(string path, Func<JsonElement, T> read)
        where T : class =>
        new ApiClient(_address, credentials, tls, patience, clock, stop).Ask(HttpMethod.Get, new Uri(_address + path), (_, stream) => read(ApiData.Read(stream)));

    static string Text(JsonElement data, string name) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw new JsonException($"it has no {name} in it");
}
