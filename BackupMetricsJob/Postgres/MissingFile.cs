namespace BackupMetricsJob.Postgres;

/// <summary>
/// A file that a connection needs and that is not there, or not as it must be, now: on another machine, or after its mount is mended, the
/// same text is right. So it is no fault of the text.
/// </summary>
/// <param name="IsSecret">a client certificate or its key; else a service file.</param>
internal sealed record MissingFile(string Message, bool IsSecret);
