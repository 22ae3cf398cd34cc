using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BackupMetricsJob.Files;

/// <summary>
/// Waits until everything written to a file is on the disk. RandomAccess.FlushToDisk would do, but it reports success even if fsync fails
/// (seen with .NET 10.0.12 for EIO, ENOSPC and EDQUOT, which NFS and a full thin volume report only then):
/// https://github.com/dotnet/runtime/blob/v10.0.0/src/libraries/System.Private.CoreLib/src/System/IO/Strategies/FileStreamHelpers.Unix.cs
/// </summary>
internal static class DiskSync
{
    /// <summary>EINVAL, EOPNOTSUPP and ENOSYS: the file system does not support fsync, so there is nothing to wait for.</summary>
    static readonly int[] Unsupported = [22, 95, 38];

    /// <exception cref="IOException">The written data may be lost.</exception>
    public static void Wait(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        if (fsync(file) == 0 || Unsupported.Contains(Marshal.GetLastPInvokeError()))
            return;
        throw new IOException(Marshal.GetLastPInvokeErrorMessage());
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int fsync(SafeFileHandle file);
}
