namespace BackupMetricsJob.Http;

/// <summary>Why a request failed.</summary>
internal enum RequestFailure
{
    /// <summary>The server refused, or its response was unexpected. A retry will not help.</summary>
    Refused,

    /// <summary>The server responded with 408, 425, 429 or 5xx.</summary>
    Unavailable,

    /// <summary>No response: name resolution, connection, TLS, or reset.</summary>
    Unreachable,

    /// <summary>No complete response in time.</summary>
    TimedOut,

    /// <summary>The caller cancelled it.</summary>
    Cancelled,
}
