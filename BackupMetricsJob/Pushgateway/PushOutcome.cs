using System.Globalization;
using System.Text;
using BackupMetricsJob.Http;

namespace BackupMetricsJob.Pushgateway;

/// <summary>How a push ended.</summary>
internal enum PushResult
{
    /// <summary>200, empty: checked against everything the gateway has, and readable there.</summary>
    Stored,

    /// <summary>Another success: taken, but not checked (202 with --push.disable-consistency-check).</summary>
    Accepted,

    /// <summary>The gateway understood and said no, or sent us elsewhere, or is none; another try will not help.</summary>
    Refused,

    /// <summary>It answers, but with 408, 425, 429 or 5xx.</summary>
    Unavailable,

    /// <summary>No answer: name, connection, TLS, reset.</summary>
    Unreachable,

    /// <summary>Sent, and no answer in time. It may still be applied.</summary>
    TimedOut,

    /// <summary>Ended by the caller.</summary>
    Cancelled,

    /// <summary>The text to push is ill-formed or empty, so nothing was sent: a bug of ours.</summary>
    Withheld,
}

/// <summary>What is known about a push after it ended; all of it may be shown to people.</summary>
internal sealed record PushOutcome(PushResult Result, string Gateway)
{
    /// <summary>The gateway's own words, or the network's: one clean line of at most 500 characters. May be empty.</summary>
    public string Message { get; init; } = "";

    /// <summary>The last answer's status, if there was one.</summary>
    public int? Status { get; init; }

    /// <summary>Whether we said who we are.</summary>
    public bool SentCredentials { get; init; }

    /// <summary>
    /// How often it was tried. The same text once more without compression, for a gateway that cannot read it so, does not count.
    /// </summary>
    public int Attempts { get; init; }

    public TimeSpan Elapsed { get; init; }

    /// <summary>The gateway's clock minus ours, in whole seconds; from the Date of the last answer that had one.</summary>
    public TimeSpan? ClockSkew { get; init; }

    /// <summary>
    /// Whether the two clocks differ by more than a minute: then one of them is wrong, and so is what alerts make of its times.
    /// </summary>
    public bool ClocksDiffer => ClockSkew?.Duration() > TimeSpan.FromMinutes(1);

    /// <summary>Not known to have failed: a request that left us has had no answer of the gateway itself.</summary>
    public bool MayBeApplied { get; init; }

    /// <summary>What to do about it, where that is known: one clean line, without a full stop.</summary>
    public string? Advice { get; init; }

    /// <summary>What <see cref="Message"/> is the beginning of, as it came.</summary>
    public string Answer { get; init; } = "";

    public bool Arrived => Result is PushResult.Stored or PushResult.Accepted;

    /// <summary>Whether the answer names this metric, as a whole word.</summary>
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

    /// <summary>One line for people, without a full stop.</summary>
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
                PushResult.Withheld => $"nothing was sent to {Gateway}",
                _ => throw new InvalidOperationException($"no words for {Result}"),
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

/// <summary>What a failed request is to a push.</summary>
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
