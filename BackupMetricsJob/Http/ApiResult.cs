using System.Globalization;
using System.Text;

namespace BackupMetricsJob.Http;

/// <summary>Why a server did not tell what it was asked; all of it may be shown to people.</summary>
internal sealed record ApiFailure(RequestFailure Reason, string Server)
{
    /// <summary>The server's own words, or the network's: one clean line. May be empty.</summary>
    public string Message { get; init; } = "";

    public int? Status { get; init; }

    public bool SentCredentials { get; init; }

    /// <summary>One line for people, without a full stop.</summary>
    public string Describe()
    {
        var line = new StringBuilder(
            Reason switch
            {
                RequestFailure.Refused => $"{Server} refused{ClientCredentials.RefusalHint(Status, SentCredentials)}",
                RequestFailure.Unavailable => $"{Server} is not available",
                RequestFailure.Unreachable => $"{Server} could not be reached",
                RequestFailure.TimedOut => $"{Server} did not answer in time",
                RequestFailure.Cancelled => $"{Server} was not waited for",
                _ => throw new InvalidOperationException($"no words for {Reason}"),
            }
        );
        if (Status is { } status)
            line.Append(CultureInfo.InvariantCulture, $" (HTTP {status})");
        if (Message.Length > 0)
            line.Append(": ").Append(Message);
        return line.ToString();
    }
}

/// <summary>What a server told, or why it did not: one of the two is null.</summary>
internal sealed record ApiResult<T>(T? Value, ApiFailure? Failure)
    where T : class;
