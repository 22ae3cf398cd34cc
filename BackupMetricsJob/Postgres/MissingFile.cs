namespace BackupMetricsJob.Postgres;

/// <summary>
/// A file that a connection needs and that is missing or unusable now. On another machine, or once the file is mounted, the same text is
/// valid. So the text itself is not at fault.
/// </summary>
/// <param name="IsSecret">A client certificate or its key; otherwise a service file.</param>
internal sealed record MissingFile(string Message, bool IsSecret);
