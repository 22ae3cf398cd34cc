using System.Net.Http;
using System.Text;

namespace BackupMetricsJob.Http;

/// <summary>Calls one URL of a heartbeat, again if that may help, within a time limit.</summary>
internal static class HeartbeatRequest
{
    /// <summary>Beyond these a service is down, and will ring for the run that it misses.</summary>
    const int MaxAttempts = 3;

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    sealed record Answer(string? Failure, bool IsRetryable);

    /// <param name="url">It is never part of the answer.</param>
    /// <param name="text">What the service may show to people.</param>
    /// <param name="max">The limit for all attempts.</param>
    /// <returns>Null, or why the first attempt did not arrive: the later ones may only have had no time left.</returns>
    public static async Task<string?> SendAsync(Uri url, string text, TimeSpan max, TimeProvider clock, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        string? first = null;
        for (var attempts = 1; ; attempts++)
        {
            var answer = await SendOnceAsync(url, text, max - clock.GetElapsedTime(start), clock, cancellationToken);
            if (answer.Failure is null)
                return null;
            first ??= answer.Failure;
            if (!answer.IsRetryable || attempts == MaxAttempts || max - clock.GetElapsedTime(start) < 2 * Pause)
                return first;
            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    static async Task<Answer> SendOnceAsync(Uri url, string text, TimeSpan timeout, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(Transport.To(url, null, timeout)) { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(text, Encoding.UTF8, "text/plain") };
        return await TimedRequest.SendAsync(request, null, client.SendAsync, timeout, clock, ReadAsync, Failed, cancellationToken);
    }

    // Nothing that it says is quoted: it may repeat the URL.
    static async Task<Answer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status is >= 300 and < 400)
            return new($"it redirects (HTTP {status}): give the URL that it redirects to", false);
        if (status is < 200 or >= 300)
            return new($"HTTP {status}{(status == 404 ? ": there is no such check" : "")}", RetryableStatus.Includes(status));
        // healthchecks.io has this with status 200 for a UUID that it does not know, and where there are too many calls.
        var (said, _) = await TimedRequest.ReadAnswerAsync(response.Content, cancellationToken);
        return said switch
        {
            "OK (not found)" => new("there is no such check", false),
            "OK (rate limited)" => new("it was called too often", false),
            _ => new(null, false),
        };
    }

    static Answer Failed(RequestFailure reason, string words, Exception? failure) =>
        reason switch
        {
            RequestFailure.TimedOut => new($"no answer {words}", false),
            RequestFailure.Cancelled => new("the run ended before it answered", false),
            _ => new(words, failure is null || !NetworkFailure.IsFinal(failure)),
        };
}
