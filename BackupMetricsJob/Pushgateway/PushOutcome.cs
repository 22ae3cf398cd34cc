using System.Globalization;
using System.Text;
using BackupMetricsJob.Http;

namespace BackupMetricsJob.Pushgateway;

/// <summary>How a push ended.</summary>
internal enum PushResult
{
    /// <summary>200 with an empty body: checked against all data of the gateway, and visible there.</summary>
    Stored,

    /// <summary>Another success: accepted but not checked (202 with --push.disable-consistency-check).</summary>
    Accepted,

    /// <summary>The gateway refused or redirected, or it is not a gateway. A retry will not help.</summary>
    Refused,

    /// <summary>The server responded with 408, 425, 429 or 5xx.</summary>
    Unavailable,

    /// <summary>No response: name resolution, connection, TLS, or reset.</summary>
    Unreachable,

    /// <summary>Sent, but no response in time. The push may still be applied.</summary>
    TimedOut,

    /// <summary>Cancelled by the caller.</summary>
    Cancelled,

    /// <summary>The text is empty, so nothing was sent: a bug of ours.</summary>
    NotSent,
}

/// <summary>The outcome of a push. Safe to show to people.</summary>
internal sealed record PushOutcome(PushResult Result, string Gateway)
{
    /// <summary>The message of the gateway or the network: one line of at most 500 characters. May be empty.</summary>
    public string Message { get; init; } = "";

    /// <summary>The status of the last response, if any.</summary>
    public int? Status { get; init; }

    /// <summary>Whether the request had credentials.</summary>
    public bool SentCredentials { get; init; }

    /// <summary>The number of attempts. Sending the text again without compression does not count.</summary>
    public int Attempts { get; init; }

    public TimeSpan Elapsed { get; init; }

    /// <summary>The gateway's clock minus ours, in whole seconds, from the Date header of the last response that had one.</summary>
    public TimeSpan? ClockSkew { get; init; }

    /// <summary>
    /// Whether the clocks differ by more than a minute. Then one of them is wrong, and alerts that use its times are, too.
    /// </summary>
    public bool ClocksDiffer => ClockSkew?.Duration() > TimeSpan.FromMinutes(1);

    /// <summary>The request was sent, and the gateway itself has not responded to it: the push may still be applied.</summary>
    public bool MayBeApplied { get; init; }

    /// <summary>The gateway refused and did not say why.</summary>
    public bool ReasonIsUnknown { get; init; }

    /// <summary>What to do, if known: one line without a full stop.</summary>
    public string? Advice { get; init; }

    /// <summary>The original response, of which <see cref="Message"/> is the beginning.</summary>
    public string Answer { get; init; } = "";

    public bool Arrived => Result is PushResult.Stored or PushResult.Accepted;

    /// <summary>Whether the response mentions this metric, as a whole word.</summary>
    public bool Mentions(string metric)
    {
        for (
            var at = Answer.IndexOf(metric, StringComparison.Ordinal);
            at >= 0;
            at = Answer.IndexOf(metric, at + 1, StringComparison.Ordinal)
        )
        {
            var end = at + metric.Length;
            if ((at == 0 || !IsOfName(Answer[at - 1])) && (end == Answer.Length || !IsOfName(Answer[end])))
                return true;
        }

        return false;
    }

    /// <summary>One line, without a full stop.</summary>
    public string Describe()
    {
        var line = new StringBuilder(
            Result switch
            {
                PushResult.Stored => $"{Gateway} stored the push",
                PushResult.Accepted => $"{Gateway} accepted the push without checking it",
                PushResult.Refused => $"{Gateway} refused the push{ClientCredentials.RefusalHint(Status, SentCredentials)}",
                PushResult.Unavailable => $"{Gateway} is not available",
                PushResult.Unreachable => $"{Gateway} could not be reached",
                PushResult.TimedOut => $"{Gateway} did not answer in time",
                PushResult.Cancelled => $"the push to {Gateway} was cancelled",
                PushResult.NotSent => $"nothing was sent to {Gateway}",
                _ => throw new InvalidOperationException($"unknown result {Result}"),
            }
        );
        if (Status is { } status && Result != PushResult.Stored)
            line.Append(CultureInfo.InvariantCulture, $" (HTTP {status})");
        if (Message.Length > 0)
            line.Append(": ").Append(Message);
        if (MayBeApplied)
            line.Append("; it may still be applied");
        if (Attempts > 1)
            line.Append(CultureInfo.InvariantCulture, $"; {Attempts} attempts in {Elapsed.TotalSeconds:0.0} s");
        return line.ToString();
    }

    static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or ':';
}

/// <summary>Maps a failed request to the result of a push.</summary>
internal static class RequestFailures
{
    public static PushResult ToPushResult(this RequestFailure reason) =>
        reason switch
        {
            RequestFailure.Refused => PushResult.Refused,
            RequestFailure.Unavailable => PushResult.Unavailable,
            RequestFailure.Unreachable => PushResult.Unreachable,
            RequestFailure.TimedOut => PushResult.TimedOut,
            RequestFailure.Cancelled => PushResult.Cancelled,
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
        };
}
