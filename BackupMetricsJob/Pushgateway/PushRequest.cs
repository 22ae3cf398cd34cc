using System.Net.Http;
using System.Net.Http.Headers;
using BackupMetricsJob.Http;

namespace BackupMetricsJob.Pushgateway;

/// <summary>One logical request that can be made again, with the same bytes.</summary>
internal sealed class PushRequest(
    HttpMethod method,
    Uri url,
    ExpositionBody body,
    ClientCredentials? credentials,
    Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send,
    TimeProvider clock
)
{
    /// <summary>Of what something that is no gateway answered.</summary>
    const int MaxQuoted = 80;

    bool _asText;

    /// <summary>
    /// Network failures, the timeout and cancellation are values. Nothing is thrown but bugs. A gateway that cannot read the compressed
    /// text gets it as it is, at once and from then on.
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
    /// Before 1.5.0 a Pushgateway takes what is compressed for text, and what another server cannot decompress it answers with 415.
    /// </summary>
    static bool CannotDecompress(AttemptResult attempt) =>
        attempt.Status == 415
        || (attempt.Status == 400 && attempt.Answer.StartsWith("text format parsing error in line 1:", StringComparison.Ordinal));

    async Task<AttemptResult> SendOnceAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var content = body.ToContent(_asText);
        using var request = new HttpRequestMessage(method, url) { Content = content };
        // Whoever is not let in hears why before he sends all of it. Who does not know the header keeps us waiting for a second.
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

        var noGateway = $"this is not a Pushgateway: it answered \"{PlainText.OnOneLine(answer, MaxQuoted)}\"";
        return status switch
        {
            // A Pushgateway takes a push without a word. What says something is a web page, a health check or another service.
            >= 200 and < 300 when answer.Length > 0 => attempt with { Answer = noGateway },
            >= 200 and < 300 when !whole => attempt with
            {
                Result = PushResult.Unreachable,
                Answer = "the answer was cut off",
                IsRetryable = true,
                MayBeApplied = true,
            },
            200 => attempt with { Result = PushResult.Stored },
            >= 200 and < 300 => attempt with { Result = PushResult.Accepted },
            >= 300 and < 400 => attempt with { Answer = Redirection(response.Headers.Location) },
            _ when BoundedRequest.IsUnknownToServer(status) => attempt with { Answer = noGateway },
            // From 502 and 504 on it is a proxy that speaks, and cannot know what the gateway did.
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

    /// <summary>The end of the path, which is ours, is left out, so that what remains can be put into the configuration.</summary>
    string Redirection(Uri? location)
    {
        if (location is null)
            return "redirected without saying where to";
        var target = new Uri(url, location);
        var ours = url.AbsolutePath[url.AbsolutePath.LastIndexOf("/metrics/job", StringComparison.Ordinal)..];
        var address = target.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        if (address.EndsWith(ours, StringComparison.Ordinal))
            address = address[..^ours.Length];
        return $"redirected to {address}; use that URL";
    }

    /// <summary>Date is cut to the second, so half a second is added before rounding.</summary>
    internal static TimeSpan? ClockSkew(DateTimeOffset? date, DateTimeOffset now) =>
        date is { } theirs ? TimeSpan.FromSeconds(Math.Round((theirs - now).TotalSeconds + 0.5)) : null;

    TimeSpan? RetryAfter(HttpResponseHeaders headers)
    {
        var asked = headers.RetryAfter?.Delta ?? (headers.RetryAfter?.Date - (headers.Date ?? clock.GetUtcNow()));
        return asked > TimeSpan.Zero ? asked : null;
    }
}
