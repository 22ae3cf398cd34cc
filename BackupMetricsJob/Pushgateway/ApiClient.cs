using System.Globalization;
using System.Net.Http;
using System.Text;
using System.Text.Json;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Asks a server one thing at a time, over the transport of a push, for <paramref name="timeout"/> at most, the reading of the answer
/// included. Every failure that can be expected is a value, cancellation included. Redirects are not followed.
/// </summary>
internal sealed class ApiClient(string server, GatewayCredentials? credentials, GatewayTls? tls, TimeSpan timeout, TimeProvider clock)
{
    const int MaxRefusal = 64 * 1024;
    const int MaxData = 64 << 20;

    /// <summary>For the answers of Prometheus' and the Pushgateway's API that fit into memory: an object with data or an error.</summary>
    /// <param name="read">Makes something of the data. It may throw JsonException where that is not what was asked for.</param>
    public Task<ApiAnswer<T>> GetDataAsync<T>(Uri url, Func<HttpResponseMessage, JsonElement, T> read, CancellationToken cancellationToken)
        where T : class =>
        AskAsync(HttpMethod.Get, url, async (response, stream, end) => read(response, await ReadDataAsync(stream, end)), cancellationToken);

    /// <param name="read">Makes something of a success. It may throw JsonException where that is not what was asked for.</param>
    public async Task<ApiAnswer<T>> AskAsync<T>(
        HttpMethod method,
        Uri url,
        Func<HttpResponseMessage, Stream, CancellationToken, ValueTask<T>> read,
        CancellationToken cancellationToken)
        where T : class
    {
        using var late = new CancellationTokenSource(timeout > TimeSpan.Zero ? timeout : TimeSpan.FromTicks(1), clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
#pragma warning disable CA2000 // The client disposes of it.
        using var client = new HttpClient(Transport.To(url, tls, timeout)) { Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore CA2000
        using var request = new HttpRequestMessage(method, url);
        request.Headers.ConnectionClose = true;
        if (credentials is not null) request.Headers.Authorization = credentials.Header;
        string? media = null;
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(end.Token);
            media = response.Content.Headers.ContentType?.MediaType;
            return response.IsSuccessStatusCode
                ? new(await read(response, stream, end.Token), null)
                : new(null, await RefusalAsync(response, stream, end.Token));
        }
        catch (OperationCanceledException)
        {
            if (cancellationToken.IsCancellationRequested) return Failed<T>(PushResult.Cancelled, "");
            var within = string.Create(CultureInfo.InvariantCulture, $"within {timeout.TotalSeconds:0.###} s");
            return Failed<T>(PushResult.TimedOut, $"no whole answer {within}");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return Failed<T>(PushResult.Unreachable, NetworkFailure.Reason(failure));
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // The latter is how .NET's JSON tells of a text that is not well-formed Unicode.
            return Failed<T>(PushResult.Refused, "its answer is not what was asked for: " + (failure.GetType() == typeof(JsonException) ? failure.Message : NoJson(media)));
        }
    }

    static async Task<JsonElement> ReadDataAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (text.Length + read > MaxData) throw new JsonException($"it is longer than {MaxData >> 20} MiB");
            await text.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        using var document = JsonDocument.Parse(text.GetBuffer().AsMemory(0, (int)text.Length));
        var answer = document.RootElement;
        if (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("data", out var data)
            && data.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            return data.Clone();
        throw new JsonException("it has no data in it");
    }

    // What .NET's reader of JSON says is for those who wrote the text.
    static string NoJson(string? media) => $"it is no JSON{(media is null or "application/json" ? "" : $" but {media}")}; does something else answer at this URL?";

    async Task<ApiFailure> RefusalAsync(HttpResponseMessage response, Stream stream, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var buffer = new byte[MaxRefusal];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var said = Encoding.UTF8.GetString(buffer, 0, length);
        var words = status is >= 300 and < 400 && response.Headers.Location is { } elsewhere
            ? "redirected to " + Words.WithoutUserInfo(elsewhere.ToString())
            : response.Content.Headers.ContentType?.MediaType == "text/html" ? "it answers with a web page; does something else answer at this URL?"
            : said.Length > 0 ? said : response.ReasonPhrase ?? "";
        return Failure(status is 408 or 425 or 429 or >= 500 ? PushResult.Unavailable : PushResult.Refused, words) with { Status = status };
    }

    ApiAnswer<T> Failed<T>(PushResult result, string words)
        where T : class => new(null, Failure(result, words));

    ApiFailure Failure(PushResult result, string words) => new(result, server)
    {
        Words = Words.OnOneLine(credentials?.Hide(words) ?? words),
        GaveCredentials = credentials is not null,
    };
}
