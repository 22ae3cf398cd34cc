namespace BackupMetricsJob.Http;

/// <summary>Why a request brought no answer, or not the one that was hoped for.</summary>
internal enum RequestFailure
{
    /// <summary>The server said no, or what it said is not what was asked for: another try will not help.</summary>
    Refused,

    /// <summary>It answers, but with 408, 425, 429 or 5xx.</summary>
    Unavailable,

    /// <summary>No answer: name, connection, TLS, reset.</summary>
    Unreachable,

    /// <summary>No whole answer in time.</summary>
    TimedOut,

    /// <summary>Nobody waits for it any more.</summary>
    Cancelled,
}
