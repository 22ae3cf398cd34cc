using System.Globalization;
using System.Net.Http;
using System.Text;
using System.Text.Json;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Asks a server one thing at a time, over the transport of a push. It blocks, for <paramref name="patience"/> at most, the reading of the answer
/// included. Every failure that can be expected is a value. Redirects are not followed.
/// </summary>
internal sealed class ApiClient(string server, GatewayCredentials? credentials, GatewayTls? tls, TimeSpan patience, TimeProvider clock, CancellationToken stop)
{
    const int MostOfARefusal = 64 * 1024;

    /// <param name="read">Makes something of a success. It may throw JsonException where that is not what was asked for.</param>
    public ApiAnswer<T> Ask<T>(HttpMethod method, Uri url, Func<HttpResponseMessage, Stream, T> read)
        where T : class
    {
        using var outOfPatience = new CancellationTokenSource(patience > TimeSpan.Zero ? patience : TimeSpan.FromTicks(1), clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(outOfPatience.Token, stop);
#pragma warning disable CA2000 // The client disposes of it.
        using var client = new HttpClient(Transport.Full(url, tls, new PushBudget(patience, patience))) { Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore CA2000
        using var request = new HttpRequestMessage(method, url);
        request.Headers.ConnectionClose = true;
        if (credentials is not null) request.Headers.Authorization = credentials.Header;
        try
        {
            using var response = client.Send(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
            using var stream = response.Content.ReadAsStream(end.Token);
            // A blocking read looks at no token.
            using var cut = end.Token.UnsafeRegister(static content => ((HttpContent)content!).Dispose(), response.Content);
            return Refusal(response, stream) is { } refusal ? new(null, refusal) : new(read(response, stream), null);
        }
        catch (Exception failure) when (end.IsCancellationRequested && failure is OperationCanceledException or HttpRequestException or IOException or ObjectDisposedException)
        {
            return stop.IsCancellationRequested
                ? Failed<T>(PushResult.Cancelled, "")
                : Failed<T>(PushResult.TimedOut, string.Create(CultureInfo.InvariantCulture, $"no whole answer within {patience.TotalSeconds:0.###} s"));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return Failed<T>(PushResult.Unreachable, NetworkFailure.Reason(failure));
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // The latter is how .NET's JSON tells of a text that is not well-formed Unicode.
            return Failed<T>(PushResult.Refused, "its answer is not what was asked for: " + failure.Message);
        }
    }

    ApiFailure? Refusal(HttpResponseMessage response, Stream stream)
    {
        var status = (int)response.StatusCode;
        if (status is >= 200 and < 300) return null;
        var words = status is >= 300 and < 400 && response.Headers.Location is { } elsewhere
            ? "redirected to " + Words.WithoutUserInfo(elsewhere.ToString())
            : Beginning(stream) is { Length: > 0 } said ? said : response.ReasonPhrase ?? "";
        return new(status is 408 or 425 or 429 or >= 500 ? PushResult.Unavailable : PushResult.Refused, server)
        {
            Status = status,
            Words = Words.OnOneLine(credentials?.Hide(words) ?? words),
            GaveCredentials = credentials is not null,
        };
    }

    static string Beginning(Stream stream)
    {
        var buffer = new byte[MostOfARefusal];
        return Encoding.UTF8.GetString(buffer, 0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
    }

    ApiAnswer<T> Failed<T>(PushResult result, string words)
        where T : class => new(null, new(result, server) { Words = Words.OnOneLine(credentials?.Hide(words) ?? words), GaveCredentials = credentials is not null });
}
