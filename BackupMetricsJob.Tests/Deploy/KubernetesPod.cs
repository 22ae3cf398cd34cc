using System.Globalization;
using System.Text.Json.Nodes;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// A container of a manifest without a cluster: the shipped program under bubblewrap as the manifest's user, with its arguments, variables
/// and mounts, the root read-only, no capability, no new privilege. Of the security context only seccomp is missing.
/// </summary>
internal sealed class KubernetesPod : IDisposable
{
    readonly TempFolder _folder = new();
    readonly JsonNode _spec;
    readonly List<string> _bubblewrap;

    /// <param name="program">The native program.</param>
    /// <param name="manifest">Its first container is what runs.</param>
    /// <param name="all">The documents applied with it.</param>
    /// <param name="change">What a user changes in the texts of ConfigMaps.</param>
    public KubernetesPod(string program, Manifest manifest, IReadOnlyList<Manifest> all, Func<string, string> change)
    {
        _spec = manifest.PodTemplate!["spec"]!;
        _bubblewrap =
        [
            "--die-with-parent",
            "--unshare-pid",
            "--unshare-ipc",
            "--unshare-uts",
            "--clearenv",
            "--ro-bind",
            "/usr",
            "/usr",
            "--symlink",
            "usr/bin",
            "/bin",
            "--symlink",
            "usr/sbin",
            "/sbin",
            "--symlink",
            "usr/lib",
            "/lib",
            "--symlink",
            "usr/lib64",
            "/lib64",
            "--perms",
            "0755",
            "--dir",
            "/app",
            "--ro-bind",
            program,
            "/app/backup-metrics",
            "--proc",
            "/proc",
            "--dev",
            "/dev",
        ];
        // The folders above a mount would be for root alone.
        foreach (var above in new[] { "/etc", "/run", "/run/secrets" })
            _bubblewrap.AddRange(["--perms", "0755", "--dir", above]);
        // Where everybody might write, were the root not read-only.
        _bubblewrap.AddRange(["--perms", "1777", "--dir", "/everybodys"]);
        // What a user of a number without a name has of /etc.
        foreach (var file in new[] { "/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/ssl", "/etc/localtime" })
            _bubblewrap.AddRange(["--ro-bind-try", file, file]);
        foreach (var mount in _spec["containers"]![0]!["volumeMounts"]!.AsArray())
            Mount(mount!, KubernetesRules.Mounted(manifest, all), change);
        // Without HOME: some runtimes set it to /, for a user without a name.
        _bubblewrap.AddRange(["--setenv", "PATH", "/usr/bin"]);
        foreach (var variable in _spec["containers"]![0]!["env"]?.AsArray() ?? [])
            _bubblewrap.AddRange(["--setenv", (string)variable!["name"]!, (string)variable["value"]!]);
    }

    /// <summary>The image's entry point with the manifest's arguments.</summary>
    public ChildProcess Start(Func<string, bool>? argument = null, params string[] variables)
    {
        var given = _spec["containers"]![0]!["args"]!.AsArray().Select(value => (string)value!).Where(argument ?? (_ => true));
        return Start(["/app/backup-metrics", .. given], variables);
    }

    /// <summary>Any program in the same container.</summary>
    public ChildProcess Start(IEnumerable<string> command, params string[] variables)
    {
        List<string> arguments = [.. _bubblewrap];
        foreach (var variable in variables)
            arguments.AddRange(["--setenv", .. variable.Split('=', 2)]);
        if ((bool)_spec["containers"]![0]!["securityContext"]!["readOnlyRootFilesystem"]!)
            arguments.AddRange(["--remount-ro", "/"]);
        var (user, group) = (Number("runAsUser"), Number("runAsGroup"));

        // Root becomes that user in truth; somebody else only in a user namespace of his own.
        string[] become = Environment.IsPrivilegedProcess
            ?
            [
                "setpriv",
                "--reuid",
                user,
                "--regid",
                group,
                "--groups",
                Number("fsGroup"),
                "--no-new-privs",
                "--inh-caps=-all",
                "--ambient-caps=-all",
                "--bounding-set=-all",
                "--",
            ]
            : [];
        if (become.Length == 0)
            arguments.AddRange(["--unshare-user", "--uid", user, "--gid", group, "--cap-drop", "ALL"]);
        return ChildProcess.Start(Tool.Find("bwrap", "apt-get install bubblewrap"), [.. arguments, "--", .. become, .. command]);
    }

    public void Dispose() => _folder.Dispose();

    void Mount(JsonNode mount, Dictionary<string, string> files, Func<string, string> change)
    {
        var (name, path) = ((string)mount["name"]!, (string)mount["mountPath"]!);
        var volume = _spec["volumes"]!.AsArray().First(volume => (string)volume!["name"]! == name)!;
        const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode Open = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        // Set afterwards, since a umask of 077 would keep the pod's user out.
        var folder = Directory.CreateDirectory(_folder.File(name)).FullName;
        File.SetUnixFileMode(folder, Open);
        foreach (var (file, text) in files.Where(file => Path.GetDirectoryName(file.Key) == path))
        {
            var written = Path.Combine(folder, Path.GetFileName(file));
            File.WriteAllText(written, volume["configMap"] is null ? text : change(text));
            // A secret's files belong to root and to the group fsGroup.
            Protect(written, volume["secret"]?["defaultMode"] is { } mode ? (UnixFileMode)(int)mode : Readable);
        }

        _bubblewrap.AddRange(["--ro-bind", folder, path]);
    }

    void Protect(string file, UnixFileMode mode)
    {
        File.SetUnixFileMode(file, mode);
        if (Environment.IsPrivilegedProcess)
            ChildProcess.RunSuccessfullyAsync("/bin/chgrp", [Number("fsGroup"), file]).GetAwaiter().GetResult();
    }

    string Number(string key) => ((int)_spec["securityContext"]![key]!).ToString(CultureInfo.InvariantCulture);
}
