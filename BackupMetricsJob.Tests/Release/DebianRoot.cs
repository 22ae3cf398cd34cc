using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Release;

/// <summary>An empty root that dpkg installs into from outside, with the package's scripts. Nothing else is in it.</summary>
internal sealed class DebianRoot : IDisposable
{
    readonly TempFolder _folder = new();

    public DebianRoot()
    {
        foreach (var needed in new[] { "var/lib/dpkg/info", "var/lib/dpkg/updates", "etc" })
            Directory.CreateDirectory(File(needed));
        _folder.Write("var/lib/dpkg/status", "");
    }

    public string File(string path) => _folder.File(path);

    public string Read(string path) => System.IO.File.ReadAllText(File(path));

    public Task<ProcessResult> DpkgAsync(params string[] arguments)
    {
        string[] dpkg =
        [
            "dpkg",
            $"--root={_folder.Path}",
            "--force-script-chrootless",
            "--force-depends",
            $"--log={File("log")}",
            .. arguments,
        ];
        // dpkg asks for root, which we are in a namespace at least.
        string[] all = Environment.IsPrivilegedProcess
            ? dpkg
            : ["bwrap", "--unshare-user", "--uid", "0", "--gid", "0", "--dev-bind", "/", "/", .. dpkg];
        return ChildProcess.RunAsync(
            Tool.Find(all[0], "apt-get install dpkg bubblewrap"),
            all[1..],
            new()
            {
                Environment = new Dictionary<string, string>
                {
                    ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin",
                    ["DEBIAN_FRONTEND"] = "noninteractive",
                    ["LC_ALL"] = "C.UTF-8",
                },
            }
        );
    }

    /// <summary>Where the package is in dpkg's list: install ok installed; deinstall ok config-files; "" after a purge.</summary>
    public string Status =>
        Read("var/lib/dpkg/status").Split('\n').FirstOrDefault(line => line.StartsWith("Status: ", StringComparison.Ordinal))?[8..] ?? "";

    public void Dispose() => _folder.Dispose();
}
