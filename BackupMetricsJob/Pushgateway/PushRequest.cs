using System.Net.Http;
using System.Net.Http.Headers;
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
    public async Task<AttemptResult> SendAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var attempt = await SendOnceAsync(timeout, cancellationToken);
        if (!_asText && body.IsCompressed && CannotDecompress(attempt))
        {
            _asText = true;
            attempt = await SendOnceAsync(timeout - clock.GetElapsedTime(start), cancellationToken);
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

    async Task<AttemptResult> SendOnceAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var content = body.ToContent(_asText);
        using var request = new HttpRequestMessage(method, url) { Content = content };
        // The gateway can refuse before the whole body is sent. A server that does not know the header costs one second:
        // https://github.com/dotnet/corefx/issues/27145
        if (content.IsLong)
            request.Headers.ExpectContinue = true;
        return await BoundedRequest.SendAsync(request, credentials, send, timeout, clock, ClassifyAsync, Failed, cancellationToken);

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

    async Task<AttemptResult> ClassifyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var skew = ClockSkew(response.Headers.Date, clock.GetUtcNow());
        var (answer, whole) = await BoundedRequest.ReadAnswerAsync(response.Content, cancellationToken);
        answer = Redact(answer);
        var attempt = new AttemptResult(PushResult.Refused)
        {
            Status = status,
            Answer = answer,
            ClockSkew = skew,
            SentCredentials = credentials is not null,
            RetryAfter = RetryAfter(response.Headers),
        };

        var noGateway = $"this is not a Pushgateway: {Stranger.Describe(response, answer)}";
        return status switch
        {
            // A Pushgateway accepts a push with an empty body. Anything else is a web page, a health check or another service.
            >= 200 and < 300 when answer.Length > 0 => attempt with { Answer = noGateway },
            >= 200 and < 300 when !whole => attempt with
            {
                Result = PushResult.Unreachable,
                Answer = "the response was cut off",
                IsRetryable = true,
                MayBeApplied = true,
            },
            200 => attempt with { Result = PushResult.Stored },
            >= 200 and < 300 => attempt with { Result = PushResult.Accepted },
            >= 300 and < 400 => attempt with { Answer = Redirection(response.Headers.Location) },
            _ when BoundedRequest.IsUnknownToServer(status) => attempt with { Answer = noGateway },
            // A Pushgateway has this path, unless it is below a prefix.
            404 or 405 => attempt with
            {
                Answer = $"there is no Pushgateway at this URL, or a path prefix is missing: {Stranger.Describe(response, answer)}",
            },
            // 502 and 504 come from a proxy, which does not know what the gateway did.
            _ when BoundedRequest.IsTransient(status) => attempt with
            {
                Result = PushResult.Unavailable,
                IsRetryable = true,
                MayBeApplied = status is 502 or 504,
            },
            _ when answer.Length == 0 => attempt with { Answer = response.ReasonPhrase ?? "" },
            _ => attempt,
        };
    }

    /// <summary>Leaves out the end of the path, which is ours, so that the URL can be copied into the configuration.</summary>
    string Redirection(Uri? location)
    {
        if (location is null)
            return "redirected without a location";
        var target = new Uri(url, location);
        var ours = url.AbsolutePath[url.AbsolutePath.LastIndexOf("/metrics/job", StringComparison.Ordinal)..];
        var address = target.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        return address.EndsWith(ours, StringComparison.Ordinal)
            ? $"redirected to {address[..^ours.Length]}; use that URL"
            : $"redirected to {address}: this is not a Pushgateway, or a login is in front of it";
    }

    /// <summary>The Date header is truncated to seconds, so half a second is added before rounding.</summary>
    internal static TimeSpan? ClockSkew(DateTimeOffset? date, DateTimeOffset now) =>
        date is { } theirs ? TimeSpan.FromSeconds(Math.Round((theirs - now).TotalSeconds + 0.5)) : null;

    TimeSpan? RetryAfter(HttpResponseHeaders headers)
    {
        var asked = headers.RetryAfter?.Delta ?? (headers.RetryAfter?.Date - (headers.Date ?? clock.GetUtcNow()));
        return asked > TimeSpan.Zero ? asked : null;
    }
}
