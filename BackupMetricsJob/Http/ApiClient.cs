using System.Net.Http;
using System.Text.Json;

namespace BackupMetricsJob.Http;

/// <summary>
/// Sends one request at a time. <paramref name="timeout"/> covers the whole request, including reading the response. Expected failures,
/// including cancellation, are values. Redirects are not followed.
/// </summary>
/// <param name="max">For all requests together, from now on; null for no such limit.</param>
internal sealed class ApiClient(
    string server,
    ClientCredentials? credentials,
    ClientTls? tls,
    TimeSpan timeout,
    TimeProvider clock,
    TimeSpan? max = null
)
{
    const int MaxData = 64 << 20;

    readonly long _start = clock.GetTimestamp();

    /// <summary>
    /// For responses of the APIs of Prometheus and the Pushgateway that fit into memory: an object with "data", or an error.
    /// </summary>
    /// <param name="read">Converts the data. Throws JsonException if the data has another shape.</param>
    public Task<ApiResult<T>> GetDataAsync<T>(Uri url, Func<HttpResponseMessage, JsonElement, T> read, CancellationToken cancellationToken)
        where T : class =>
        SendAsync(
            HttpMethod.Get,
            url,
            async (response, stream, end) => read(response, await ReadDataAsync(stream, end)),
            cancellationToken
        );

    /// <param name="read">Converts a successful response. Throws JsonException if it has another shape.</param>
    public async Task<ApiResult<T>> SendAsync<T>(
        HttpMethod method,
        Uri url,
        Func<HttpResponseMessage, Stream, CancellationToken, ValueTask<T>> read,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var limit = max - clock.GetElapsedTime(_start) is { } left && left < timeout ? left : timeout;
        if (limit <= TimeSpan.Zero)
            return Fail(RequestFailure.TimedOut, "was asked for before the deadline", null);
        using var client = new HttpClient(Transport.To(url, tls, limit)) { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(method, url);
        string? media = null;
        try
        {
            return await TimedRequest.RunAsync(request, credentials, SendAsync, limit, clock, ReadAsync, Fail, cancellationToken);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // System.Text.Json throws InvalidOperationException for a string that is not well-formed Unicode:
            // https://github.com/dotnet/corefx/pull/34636
            return Fail(
                RequestFailure.Refused,
                "unexpected response: " + (failure.GetType() == typeof(JsonException) ? failure.Message : NoJson(media)),
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
            new(null, Failure(result, result == RequestFailure.TimedOut ? "no complete answer " + words : words));
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
        throw new JsonException("\"data\" is missing");
    }

    // The parser's own message helps only the author of the JSON.
    static string NoJson(string? media) =>
        $"it is {(media is null or "application/json" ? "not JSON" : $"{media}, not JSON")}; is another service at this URL?";

    async Task<ApiFailure> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var (said, _) = await TimedRequest.ReadAnswerAsync(response.Content, cancellationToken);
        var words =
            status is >= 300 and < 400 && response.Headers.Location is { } elsewhere
                ? "redirected to " + PlainText.WithoutUserInfo(elsewhere.ToString())
            : UnexpectedServer.IsPage(response) ? $"{UnexpectedServer.Describe(response, said)}; is another service at this URL?"
            : said.Length > 0 ? said
            : response.ReasonPhrase ?? "";
        return Failure(RetryableStatus.Includes(status) ? RequestFailure.Unavailable : RequestFailure.Refused, words) with
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
