namespace BackupMetricsJob.Files;

/// <summary>Why a file cannot be written, as far as that determines the advice.</summary>
internal enum FileFaultKind
{
    Other,

    /// <summary>Its folder does not exist, or is not a folder.</summary>
    NoFolder,
    NoRight,

    /// <summary>The file system is read-only, at least for this process.</summary>
    ReadOnly,

    /// <summary>No space, no inode, or a quota.</summary>
    Full,

    /// <summary>There is a folder of this name.</summary>
    IsFolder,

    /// <summary>The file system did not answer in time.</summary>
    Slow,
}

/// <param name="Message">One sentence without a full stop.</param>
internal sealed record FileFault(FileFaultKind Kind, string Message)
{
    // Error numbers of Linux. .NET keeps them in HResult if it has no specific exception.
    const int NotADirectory = 20;
    const int IsADirectory = 21;
    const int NoSpace = 28;
    const int ReadOnlyFileSystem = 30;
    const int QuotaExceeded = 122;

    public static IOException TakenByFolder() => new("it is a directory", IsADirectory);

    /// <summary>Describes the fault for a message that already names the file, because .NET's messages name it again.</summary>
    /// <param name="beside">The temporary file that was written instead.</param>
    public static FileFault From(Exception fault, string beside, string path) =>
        new(
            KindOf(fault),
            fault switch
            {
                UnauthorizedAccessException => "permission denied",
                DirectoryNotFoundException or FileNotFoundException => "its folder does not exist",
                _ => fault.Message.Split(" (Parameter")[0].Replace(beside, path, StringComparison.Ordinal).TrimEnd('.'),
            }
        );

    static FileFaultKind KindOf(Exception failure) =>
        failure switch
        {
            DirectoryNotFoundException or FileNotFoundException => FileFaultKind.NoFolder,
            UnauthorizedAccessException => FileFaultKind.NoRight,
            IOException { HResult: NotADirectory } => FileFaultKind.NoFolder,
            IOException { HResult: IsADirectory } => FileFaultKind.IsFolder,
            IOException { HResult: NoSpace or QuotaExceeded } => FileFaultKind.Full,
            IOException { HResult: ReadOnlyFileSystem } => FileFaultKind.ReadOnly,
            _ => FileFaultKind.Other,
        };
}
