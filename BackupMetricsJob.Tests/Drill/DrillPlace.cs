using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>A place for drills of one test: their own work directory, copies to break, and what remains afterwards.</summary>
internal sealed class DrillPlace : IAsyncDisposable
{
    /// <summary>A drill is several programs, one after the other, on a machine that may be busy.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    readonly TempFolder _folder = new();

    DrillPlace() => Directory.CreateDirectory(Work);

    public string Work => File("work");

    public static async Task<DrillPlace> CreateAsync()
    {
        var place = new DrillPlace();
        place.Give();
        return place;
    }

    public string File(string name) => _folder.File(name);

    public string Write(string name, string text) => _folder.Write(name, text);

    public void Give() => PostgresTemplate.GiveToServerUser(_folder.Path);

    public async Task<string> CopyAsync(string source, string name)
    {
        await ChildProcess.RunSuccessfullyAsync("/bin/cp", ["-a", source, File(name)]);
        return File(name);
    }

    public Task<ProcessResult> RunAsync(params string[] arguments) => RunAsync(null, arguments);

    /// <summary>As the user that PostgreSQL runs as.</summary>
    public Task<ProcessResult> RunAsync(IReadOnlyDictionary<string, string>? environment, params string[] arguments) =>
        BackupMetrics.RunAsync(Arguments(arguments), environment, unprivileged: true, deadline: Deadline);

    public ChildProcess Start(params string[] arguments) => BackupMetrics.Start(Arguments(arguments), unprivileged: true);

    /// <summary>The folders that drills made and did not remove.</summary>
    public string[] Left() => Directory.GetDirectories(Work);

    /// <summary>The processes that work in this place, as a drill's do.</summary>
    public List<int> Processes() =>
        [
            .. Directory
                .GetDirectories("/proc")
                .Where(process => int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out _) && WorksHere(process))
                .Select(process => int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture)),
        ];

    /// <summary>That a drill ended early with this exit code, in this phase and in these words, and left nothing behind.</summary>
    public void AssertEnded(ProcessResult result, int code, string how, string phase, string words)
    {
        Assert.True(result.ExitCode == code, result.Error);
        Assert.Matches($"(^|\n){how} {phase} [0-9.]+ s: .*{words}", result.Error);
        Assert.Matches($"\n{how} in {phase}: ", result.Error);
        Assert.Empty(Left());
        Assert.Empty(Processes());
    }

    /// <summary>Changes if one byte, name or time of change in these directories does.</summary>
    public static string Fingerprint(params string[] directories)
    {
        var all = new StringBuilder();
        foreach (
            var file in directories
                .SelectMany(one => Directory.GetFileSystemEntries(one, "*", SearchOption.AllDirectories))
                .Order(StringComparer.Ordinal)
        )
        {
            var content = System.IO.File.Exists(file) ? Convert.ToHexString(SHA256.HashData(System.IO.File.ReadAllBytes(file))) : "";
            all.Append(CultureInfo.InvariantCulture, $"{file} {content} {System.IO.File.GetLastWriteTimeUtc(file):O}\n");
        }

        return all.ToString();
    }

    /// <summary>The server of a drill that was killed ends a moment later, and writes until then.</summary>
    public async ValueTask DisposeAsync()
    {
        await Wait.ForAsync("the drills' servers to end", () => Processes().Count == 0);
        _folder.Dispose();
    }

    IEnumerable<string> Arguments(string[] arguments) => ["drill", "--work-dir", Work, .. arguments];

    bool WorksHere(string process)
    {
        try
        {
            return new FileInfo(process + "/cwd").LinkTarget?.StartsWith(Work + "/", StringComparison.Ordinal) is true;
        }
        catch (IOException)
        {
            return false; // It has ended.
        }
    }
}
