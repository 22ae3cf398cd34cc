using System.Globalization;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;

namespace BackupMetricsJob.Pushgateway;

/// <summary>One logical request that can be made again, with the same bytes.</summary>
internal sealed class Exchange(
    HttpMethod method,
    Uri url,
    ExpositionBody body,
    Func<HttpRequestMessage, CancellationToken, HttpResponseMessage> send,
    TimeProvider clock)
{
    /// <summary>A consistency failure lists every series at fault; the first of them tell enough.</summary>
    const int MostOfAnAnswer = 64 * 1024;

    /// <summary>Network failures and the end of the patience are values. Nothing is thrown but bugs.</summary>
    public Attempt Try(TimeSpan patience, CancellationToken hardStop)
    {
        using var outOfPatience = new CancellationTokenSource(patience, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(outOfPatience.Token, hardStop);
        var content = body.ToContent();
        using var request = new HttpRequestMessage(method, url) { Content = content };
        request.Headers.ConnectionClose = true;
        try
        {
            using var response = send(request, end.Token);
            return Judge(response, end.Token);
        }
        catch (OperationCanceledException) when (hardStop.IsCancellationRequested)
        {
            return new Attempt(PushResult.Cancelled) { MayBeApplied = content.Left };
        }
        catch (OperationCanceledException)
        {
            var within = string.Create(CultureInfo.InvariantCulture, $"within {patience.TotalSeconds:0.###} s");
            return content.Left
                ? new Attempt(PushResult.TimedOut) { Answer = $"no answer {within}", MayBeApplied = true, WorthAnother = true }
                : new Attempt(PushResult.Unreachable) { Answer = $"no connection {within}", WorthAnother = true };
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            // A certificate that is not trusted will not be in a second.
            return new Attempt(PushResult.Unreachable)
            {
                Answer = ReasonOf(failure),
                MayBeApplied = content.Left,
                WorthAnother = failure.InnerException is not AuthenticationException,
            };
        }
    }

    Attempt Judge(HttpResponseMessage response, CancellationToken end)
    {
        var status = (int)response.StatusCode;
        var (answer, whole) = ReadAnswer(response.Content, end);
        var attempt = new Attempt(PushResult.Refused)
        {
            Status = status,
            Answer = answer,
            ClockSkew = SkewOf(response.Headers.Date),
            RetryAfter = WaitAskedFor(response.Headers),
        };

        return status switch
        {
            >= 200 and < 300 when IsWebPage(response) => attempt with { Answer = "answered with a web page: this is not a Pushgateway" },
            >= 200 and < 300 when !whole => attempt with { Result = PushResult.Unreachable, Answer = "the answer was cut off", WorthAnother = true, MayBeApplied = true },
            200 when answer.Length == 0 => attempt with { Result = PushResult.Stored },
            >= 200 and < 300 => attempt with { Result = PushResult.Accepted },
            >= 300 and < 400 => attempt with { Answer = Redirection(response.Headers.Location) },
            // From 502 and 504 on it is a proxy that speaks, and cannot know what the gateway did.
            408 or 425 or 429 or >= 500 => attempt with { Result = PushResult.Unavailable, WorthAnother = true, MayBeApplied = status is 502 or 504 },
            _ when answer.Length == 0 => attempt with { Answer = response.ReasonPhrase ?? "" },
            _ => attempt,
        };
    }

    /// <summary>As much of the body as comes and fits; a status that is known stays true when its words are cut off.</summary>
    static (string Answer, bool Whole) ReadAnswer(HttpContent content, CancellationToken end)
    {
        if (content.Headers.ContentLength == 0)
            return ("", true);
        var buffer = new byte[MostOfAnAnswer];
        var length = 0;
        var whole = false;
        try
        {
            // A blocking read looks at no token.
            using var cut = end.UnsafeRegister(static content => ((HttpContent)content!).Dispose(), content);
            using var stream = content.ReadAsStream(end);
            while (length < buffer.Length && !whole)
            {
                end.ThrowIfCancellationRequested();
                var read = stream.Read(buffer, length, buffer.Length - length);
                length += read;
                whole = read == 0;
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            whole = false;
        }

        return (Encoding.UTF8.GetString(buffer, 0, length), whole);
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
    TimeSpan? SkewOf(DateTimeOffset? date)
        => date is { } theirs ? TimeSpan.FromSeconds(Math.Round((theirs - clock.GetUtcNow()).TotalSeconds + 0.5)) : null;

    TimeSpan? WaitAskedFor(HttpResponseHeaders headers)
    {
        var asked = headers.RetryAfter?.Delta ?? (headers.RetryAfter?.Date - (headers.Date ?? clock.GetUtcNow()));
        return asked > TimeSpan.Zero ? asked : null;
    }

    static bool IsWebPage(HttpResponseMessage response)
        => string.Equals(response.Content.Headers.ContentType?.MediaType, "text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>.NET's outermost message often says only that there is another; it is left out then.</summary>
    static string ReasonOf(Exception failure)
    {
        var says = failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }
            ? failure
            : failure.InnerException ?? failure;
        var reason = says.Message;
        for (var inner = says.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (!reason.Contains(inner.Message, StringComparison.Ordinal))
                reason += ": " + inner.Message;
        }

        return Words.WithoutUserInfo(reason);
    }
}
