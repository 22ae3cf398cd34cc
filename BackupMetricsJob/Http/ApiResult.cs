using System.Globalization;
using System.Text;

namespace BackupMetricsJob.Http;

/// <summary>Why a request to an API failed. Safe to show to people.</summary>
internal sealed record ApiFailure(RequestFailure Reason, string Server)
{
    /// <summary>The message of the server or of the network, on one line. May be empty.</summary>
    public string Message { get; init; } = "";

    public int? Status { get; init; }

    public bool SentCredentials { get; init; }

    /// <summary>One line, without a full stop.</summary>
    public string Describe()
    {
        var line = new StringBuilder(
            Reason switch
            {
                RequestFailure.Refused => $"{Server} refused{ClientCredentials.RefusalHint(Status, SentCredentials)}",
                RequestFailure.Unavailable => $"{Server} is not available",
                RequestFailure.Unreachable => $"{Server} could not be reached",
                RequestFailure.TimedOut => $"{Server} did not answer in time",
                RequestFailure.Cancelled => $"the request to {Server} was cancelled",
                _ => throw new InvalidOperationException($"unknown failure {Reason}"),
            }
        );
        if (Status is { } status)
            line.Append(CultureInfo.InvariantCulture, $" (HTTP {status})");
        if (Message.Length > 0)
            line.Append(": ").Append(Message);
        return line.ToString();
    }
}

/// <summary>The response of an API, or why there is none. One of the two is null.</summary>
internal sealed record ApiResult<T>(T? Value, ApiFailure? Failure)
    where T : class;
