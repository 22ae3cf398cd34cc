using System.Net.Http;
using System.Text.Json;

namespace BackupMetricsJob.Http;

/// <summary>
/// Asks a server one thing at a time, over the transport of a push, for <paramref name="timeout"/> at most, the reading of the answer
/// included. Every failure that can be expected is a value, cancellation included. Redirects are not followed.
/// </summary>
internal sealed class ApiClient(string server, ClientCredentials? credentials, ClientTls? tls, TimeSpan timeout, TimeProvider clock)
{
    const int MaxData = 64 << 20;

    /// <summary>For the answers of Prometheus' and the Pushgateway's API that fit into memory: an object with data or an error.</summary>
    /// <param name="read">Makes something of the data. It may throw JsonException where that is not what was asked for.</param>
    public Task<ApiResult<T>> GetDataAsync<T>(Uri url, Func<HttpResponseMessage, JsonElement, T> read, CancellationToken cancellationToken)
        where T : class =>
        SendAsync(
            HttpMethod.Get,
            url,
            async (response, stream, end) => read(response, await ReadDataAsync(stream, end)),
            cancellationToken
        );

    /// <param name="read">Makes something of a success. It may throw JsonException where that is not what was asked for.</param>
    public async Task<ApiResult<T>> SendAsync<T>(
        HttpMethod method,
        Uri url,
        Func<HttpResponseMessage, Stream, CancellationToken, ValueTask<T>> read,
        CancellationToken cancellationToken
    )
        where T : class
    {
        using var client = new HttpClient(Transport.To(url, tls, timeout)) { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(method, url);
        string? media = null;
        try
        {
            return await BoundedRequest.SendAsync(request, credentials, SendAsync, timeout, clock, ReadAsync, Fail, cancellationToken);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // The latter is how .NET's JSON tells of a text that is not well-formed Unicode.
            return Fail(
                RequestFailure.Refused,
                "its answer is not what was asked for: " + (failure.GetType() == typeof(JsonException) ? failure.Message : NoJson(media)),
                null
            );
        }

        Task<HttpResponseMessage> SendAsync(HttpRequestMessage asked, CancellationToken end) =>
            client.SendAsync(asked, HttpCompletionOption.ResponseHeadersRead, end);

        async Task<ApiResult<T>> ReadAsync(HttpResponseMessage response, CancellationToken end)
        {
            if (!response.IsSuccessStatusCode)
                return new(null, await RefusalAsync(response, end));
            media = response.Content.Headers.ContentType?.MediaType;
            await using var stream = await response.Content.ReadAsStreamAsync(end);
            return new(await read(response, stream, end), null);
        }

        ApiResult<T> Fail(RequestFailure result, string words, Exception? failure) =>
            new(null, Failure(result, result == RequestFailure.TimedOut ? "no whole answer " + words : words));
    }

    static async Task<JsonElement> ReadDataAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (text.Length + read > MaxData)
                throw new JsonException($"it is longer than {MaxData >> 20} MiB");
            await text.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        using var document = JsonDocument.Parse(text.GetBuffer().AsMemory(0, (int)text.Length));
        var answer = document.RootElement;
        if (
            answer.ValueKind == JsonValueKind.Object
            && answer.TryGetProperty("data", out var data)
            && data.ValueKind is JsonValueKind.Object or JsonValueKind.Array
        )
            return data.Clone();
        throw new JsonException("it has no data in it");
    }

    // What .NET's reader of JSON says is for those who wrote the text.
    static string NoJson(string? media) =>
        $"it is no JSON{(media is null or "application/json" ? "" : $" but {media}")}; does something else answer at this URL?";

    async Task<ApiFailure> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var (said, _) = await BoundedRequest.ReadAnswerAsync(response.Content, cancellationToken);
        var words =
            status is >= 300 and < 400 && response.Headers.Location is { } elsewhere
                ? "redirected to " + PlainText.WithoutUserInfo(elsewhere.ToString())
            : response.Content.Headers.ContentType?.MediaType == "text/html"
                ? "it answers with a web page; does something else answer at this URL?"
            : said.Length > 0 ? said
            : response.ReasonPhrase ?? "";
        return Failure(BoundedRequest.IsTransient(status) ? RequestFailure.Unavailable : RequestFailure.Refused, words) with
        {
            Status = status,
        };
    }

    ApiFailure Failure(RequestFailure result, string words) =>
        new(result, server)
        {
            Message = PlainText.OnOneLine(credentials?.Redact(words) ?? words),
            SentCredentials = credentials is not null,
        };
}
