using System.Globalization;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;

namespace BackupMetricsJob.Pushgateway;

/// <summary>One logical request that can be made again, with the same bytes.</summary>
internal sealed class Exchange(
    HttpMethod method,
    Uri url,
    ExpositionBody body,
    GatewayCredentials? credentials,
    Func<HttpRequestMessage, CancellationToken, HttpResponseMessage> send,
    TimeProvider clock)
{
    /// <summary>A consistency failure lists every series at fault; the first of them tell enough.</summary>
    const int MostOfAnAnswer = 64 * 1024;

    bool _asText;

    /// <summary>
    /// Network failures and the end of the patience are values. Nothing is thrown but bugs. A gateway that cannot read the compressed text gets it
    /// as it is, at once and from then on.
    /// </summary>
    public Attempt Try(TimeSpan patience, CancellationToken hardStop)
    {
        var start = clock.GetTimestamp();
        var attempt = Ask(patience, hardStop);
        if (!_asText && body.IsCompressed && CannotDecompress(attempt))
        {
            _asText = true;
            attempt = Ask(patience - clock.GetElapsedTime(start), hardStop);
        }

        return credentials is null ? attempt : attempt with { Answer = credentials.Hide(attempt.Answer) };
    }

    /// <summary>Before 1.5.0 a Pushgateway takes what is compressed for text, and what another server cannot decompress it answers with 415.</summary>
    static bool CannotDecompress(Attempt attempt) =>
        attempt.Status == 415 || (attempt.Status == 400 && attempt.Answer.StartsWith("text format parsing error in line 1:", StringComparison.Ordinal));

    Attempt Ask(TimeSpan patience, CancellationToken hardStop)
    {
        if (patience <= TimeSpan.Zero) patience = TimeSpan.FromTicks(1);
        using var outOfPatience = new CancellationTokenSource(patience, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(outOfPatience.Token, hardStop);
        var content = body.ToContent(_asText);
        using var request = new HttpRequestMessage(method, url) { Content = content };
        request.Headers.ConnectionClose = true;
        if (credentials is not null) request.Headers.Authorization = credentials.Header;
        // Whoever is not let in need not send all of it first.
        if (content.IsLong) request.Headers.ExpectContinue = true;
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
            return new Attempt(PushResult.Unreachable)
            {
                Answer = NetworkFailure.Reason(failure),
                MayBeApplied = content.Left && !NetworkFailure.CameBeforeAnyRequest(failure),
                WorthAnother = !NetworkFailure.IsFinal(failure),
            };
        }
    }

    Attempt Judge(HttpResponseMessage response, CancellationToken end)
    {
        var status = (int)response.StatusCode;
        var skew = SkewOf(response.Headers.Date, clock.GetUtcNow());
        var (answer, whole) = ReadAnswer(response.Content, end);
        var attempt = new Attempt(PushResult.Refused)
        {
            Status = status,
            Answer = answer,
            ClockSkew = skew,
            GaveCredentials = credentials is not null,
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
    internal static TimeSpan? SkewOf(DateTimeOffset? date, DateTimeOffset now)
        => date is { } theirs ? TimeSpan.FromSeconds(Math.Round((theirs - now).TotalSeconds + 0.5)) : null;

    TimeSpan? WaitAskedFor(HttpResponseHeaders headers)
    {
        var asked = headers.RetryAfter?.Delta ?? (headers.RetryAfter?.Date - (headers.Date ?? clock.GetUtcNow()));
        return asked > TimeSpan.Zero ? asked : null;
    }

    static bool IsWebPage(HttpResponseMessage response)
        => string.Equals(response.Content.Headers.ContentType?.MediaType, "text/html", StringComparison.OrdinalIgnoreCase);
}
