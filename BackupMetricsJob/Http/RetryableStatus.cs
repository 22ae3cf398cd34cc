namespace BackupMetricsJob.Http;

/// <summary>The HTTP statuses for which a retry may help.</summary>
internal static class RetryableStatus
{
    /// <summary>408, 425, 429 and 5xx, except those of <see cref="IsUnsupported"/>.</summary>
    public static bool Includes(int status) => status is 408 or 425 or 429 or >= 500 && !IsUnsupported(status);

    /// <summary>A method or HTTP version that the server does not support will not be supported a second later.</summary>
    public static bool IsUnsupported(int status) => status is 501 or 505;
}
