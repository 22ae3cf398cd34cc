using System.Net.Http;
using BackupMetricsJob.Http;

namespace BackupMetricsJob.Pushgateway;

/// <summary>One push, which can be repeated with the same bytes.</summary>
internal sealed class PushRequest(
    HttpMethod method,
    Uri url,
    ExpositionBody body,
    ClientCredentials? credentials,
    Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send,
    TimeProvider clock
)
{
    bool _asText;

    /// <summary>
    /// Network failures, the timeout and cancellation are values; an exception is a bug. If the gateway cannot read compressed text, sends
    /// it uncompressed at once and from then on.
    /// </summary>
    public async Task<AttemptResult> AttemptAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var attempt = await SendBodyAsync(timeout, cancellationToken);
        if (!_asText && body.IsCompressed && CannotDecompress(attempt))
        {
            _asText = true;
            attempt = await SendBodyAsync(timeout - clock.GetElapsedTime(start), cancellationToken);
        }

        return attempt with
        {
            Answer = Redact(attempt.Answer),
        };
    }

    string Redact(string words) => credentials?.Redact(words) ?? words;

    /// <summary>
    /// A Pushgateway before 1.5.0 reads compressed data as text (https://github.com/prometheus/pushgateway/pull/477). Other servers answer
    /// 415.
    /// </summary>
    static bool CannotDecompress(AttemptResult attempt) =>
        attempt.Status == 415
        || (attempt.Status == 400 && attempt.Answer.StartsWith("text format parsing error in line 1:", StringComparison.Ordinal));

    async Task<AttemptResult> SendBodyAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var content = body.ToContent(_asText);
        using var request = new HttpRequestMessage(method, url) { Content = content };
        // The gateway can refuse before the whole body is sent. A server that does not know the header costs one second:
        // https://github.com/dotnet/corefx/issues/27145
        if (content.IsLong)
            request.Headers.ExpectContinue = true;
        return await TimedRequest.RunAsync(request, credentials, send, timeout, clock, ClassifyAsync, Failed, cancellationToken);

        Task<AttemptResult> ClassifyAsync(HttpResponseMessage response, CancellationToken token) =>
            PushResponse.ClassifyAsync(response, url, credentials, clock.GetUtcNow(), token);

        AttemptResult Failed(RequestFailure reason, string words, Exception? failure) =>
            reason switch
            {
                RequestFailure.Cancelled => new(PushResult.Cancelled) { MayBeApplied = content.IsSendingStarted },
                RequestFailure.TimedOut when content.IsSendingStarted => new(PushResult.TimedOut)
                {
                    Answer = $"no answer {words}",
                    MayBeApplied = true,
                    IsRetryable = true,
                },
                RequestFailure.TimedOut => new(PushResult.Unreachable) { Answer = $"no connection {words}", IsRetryable = true },
                _ when NetworkFailure.IsFinal(failure!) => new(reason.ToPushResult()) { Answer = words },
                _ => new(reason.ToPushResult())
                {
                    Answer = words,
                    MayBeApplied = content.IsSendingStarted,
                    IsRetryable = true,
                },
            };
    }
}
