using System.Text.Json;

namespace BackupMetricsJob.Http;

/// <summary>The HTTP API of a Prometheus server: its configuration, version and series.</summary>
/// <param name="address">The URL, with an optional path prefix and without a password.</param>
/// <param name="timeout">For one request.</param>
/// <param name="max">For all requests together, from now on; null for no such limit.</param>
internal sealed class PrometheusApi(Uri address, ClientCredentials? credentials, TimeSpan timeout, TimeProvider clock, TimeSpan? max = null)
{
    readonly ApiClient _client = new(Name(address), credentials, null, timeout, clock, max);

    public string Address { get; } = Name(address);

    /// <summary>The whole configuration in YAML, with <c>&lt;secret&gt;</c> in place of secrets.</summary>
    public Task<ApiResult<string>> ConfigurationAsync(CancellationToken cancellationToken) =>
        GetAsync("/api/v1/status/config", static data => Text(data, "yaml"), cancellationToken);

    public Task<ApiResult<string>> VersionAsync(CancellationToken cancellationToken) =>
        GetAsync("/api/v1/status/buildinfo", static data => Text(data, "version"), cancellationToken);

    /// <summary>The current result of an expression: objects with <c>metric</c> and <c>value</c>.</summary>
    public Task<ApiResult<IReadOnlyList<JsonElement>>> QueryAsync(string expression, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<JsonElement>>(
            "/api/v1/query?query=" + Uri.EscapeDataString(expression),
            static data =>
                data.ValueKind == JsonValueKind.Object
                && data.TryGetProperty("result", out var result)
                && result.ValueKind == JsonValueKind.Array
                    ? [.. result.EnumerateArray()]
                    : throw new JsonException("\"result\" is missing"),
            cancellationToken
        );

    Task<ApiResult<T>> GetAsync<T>(string path, Func<JsonElement, T> read, CancellationToken cancellationToken)
        where T : class => _client.GetDataAsync(new Uri(Address + path), (_, data) => read(data), cancellationToken);

    static string Name(Uri address) => address.GetLeftPart(UriPartial.Path).TrimEnd('/');

    static string Text(JsonElement data, string name) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw new JsonException($"\"{name}\" is missing");
}
