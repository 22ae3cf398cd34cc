using System.Globalization;

namespace BackupMetricsJob.Tests.Support;

/// <summary>A program that bwrap started with process ids of its own.</summary>
internal static class Bubblewrap
{
    // Below bubblewrap is the first process of the sandbox's own process ids, and below that the command.
    const string Terminate = "first=$(tr -d ' ' < /proc/$0/task/$0/children) && kill -TERM $(cat /proc/$first/task/$first/children)";

    /// <summary>Devices of the sandbox's own. They hide /dev/shm, where the tests' files may be, so that these are shown again.</summary>
    public static string[] Devices => ["--dev", "/dev", "--ro-bind", RunFolder.Root, RunFolder.Root];

    /// <summary>SIGTERM for the program in it, as a container's runtime sends it.</summary>
    public static async Task TerminateAsync(ChildProcess bubblewrap) =>
        await ChildProcess.RunSuccessfullyAsync("/bin/sh", ["-c", Terminate, bubblewrap.Id.ToString(CultureInfo.InvariantCulture)]);
}
