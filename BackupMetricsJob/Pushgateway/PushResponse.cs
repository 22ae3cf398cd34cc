using System.Net.Http;
using System.Net.Http.Headers;
using BackupMetricsJob.Http;

namespace BackupMetricsJob.Pushgateway;

/// <summary>What the response to a push means: stored, refused (and why), or worth a retry.</summary>
internal static class PushResponse
{
    public static async Task<AttemptResult> ClassifyAsync(
        HttpResponseMessage response,
        Uri url,
        ClientCredentials? credentials,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var status = (int)response.StatusCode;
        var skew = ClockSkew(response.Headers.Date, now);
        var (answer, whole) = await TimedRequest.ReadAnswerAsync(response.Content, cancellationToken);
        answer = credentials?.Redact(answer) ?? answer;
        var attempt = new AttemptResult(PushResult.Refused)
        {
            Status = status,
            Answer = answer,
            ClockSkew = skew,
            SentCredentials = credentials is not null,
            RetryAfter = RetryAfter(response.Headers, now),
        };

        var noGateway = $"this is not a Pushgateway: {UnexpectedServer.Describe(response, answer)}";
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
            >= 300 and < 400 => attempt with { Answer = Redirection(url, response.Headers.Location) },
            _ when RetryableStatus.IsUnsupported(status) => attempt with { Answer = noGateway },
            // A Pushgateway has this path, unless it is below a prefix.
            404 or 405 => attempt with
            {
                Answer = $"there is no Pushgateway at this URL, or a path prefix is missing: {UnexpectedServer.Describe(response, answer)}",
            },
            // 502 and 504 come from a proxy, which does not know what the gateway did.
            _ when RetryableStatus.Includes(status) => attempt with
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
    static string Redirection(Uri url, Uri? location)
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

    static TimeSpan? RetryAfter(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var asked = headers.RetryAfter?.Delta ?? (headers.RetryAfter?.Date - (headers.Date ?? now));
        return asked > TimeSpan.Zero ? asked : null;
    }
}
