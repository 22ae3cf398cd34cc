using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace BackupMetricsJob.Drill;

/// <summary>
/// The result of a program: its exit code, its standard output and error, and an excerpt of its last errors for a message.
/// </summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Errors, string ErrorExcerpt);

/// <summary>Runs the programs of backup tools and of PostgreSQL, in the drill's folder. Cancelling a drill ends them.</summary>
/// <param name="folder">The folder of the drill.</param>
/// <param name="environment">The environment of this process.</param>
internal sealed class DrillProgram(string folder, IReadOnlyDictionary<string, string> environment)
{
    const int MaxOutput = 64 << 20;
    const int MaxErrors = 16 << 10;

    static readonly TimeSpan WaitForPipes = TimeSpan.FromSeconds(2);

    readonly ErrorExcerpt _words = new(environment);

    /// <summary>The variable with the directory that the shell line of --restore-command writes to.</summary>
    public const string DataVariable = "BACKUP_METRICS_DATA";

    public ErrorExcerpt Words => _words;

    /// <exception cref="DrillException">The program cannot be started, or does not exit with 0.</exception>
    public async Task<ProgramResult> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var result = await TryAsync(program, arguments, cancellationToken);
        return result.ExitCode == 0
            ? result
            : throw DrillException.OfProgram(Path.GetFileName(program), result.ExitCode, result.ErrorExcerpt);
    }

    /// <exception cref="DrillException">The program cannot be started.</exception>
    public async Task<ProgramResult> TryAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Start(program, arguments, isCaptured: true);
        var output = ReadAsync(process.StandardOutput, MaxOutput);
        var errors = ReadAsync(process.StandardError, MaxErrors);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        // Processes that it left behind may keep the pipes open for ever.
        Task reading = Task.WhenAll(output, errors);
        await reading.WaitAsync(WaitForPipes, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var (written, complaint) = (Text(output), Text(errors));
        return new(process.ExitCode, written, complaint, _words.Extract(complaint.Length > 0 ? complaint : written));
    }

    /// <summary>Starts a program that keeps running; its output goes to the file.</summary>
    public Process Start(string program, IEnumerable<string> arguments, string log) =>
        Start("/bin/sh", ["-c", """exec "$@" >>"$0" 2>&1""", log, program, .. arguments], isCaptured: false);

    Process Start(string program, IEnumerable<string> arguments, bool isCaptured)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = isCaptured,
            RedirectStandardError = isCaptured,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            if (!IsOfUs(name))
                start.Environment[name] = value;
        }

        // Messages must be in English to be recognised, and no locale has to be installed.
        start.Environment["LC_ALL"] = "C";
        start.Environment[DrillProcesses.Variable] = folder;
        start.Environment[DataVariable] = Path.Combine(folder, DrillFolder.Data);
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception e)
        {
            throw DrillException.OfSettings($"{program} cannot be started: {e.Message}");
        }
    }

    // PGHOST, PGOPTIONS and the like would lead PostgreSQL's programs to another server. Our own secrets are not passed on.
    static bool IsOfUs(string name) =>
        name.StartsWith(Configuration.GivenSettings.Prefix, StringComparison.Ordinal)
        || (name.StartsWith("PG", StringComparison.Ordinal) && !name.StartsWith("PGBACKREST_", StringComparison.Ordinal));

    // Keeps the end of the output, where a program tells why it failed.
    static async Task<StringBuilder> ReadAsync(StreamReader reader, int max)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is > 0 and var count)
        {
            text.Append(buffer, 0, count);
            if (text.Length > 2 * max)
                text.Remove(0, text.Length - max);
        }

        return text;
    }

    static string Text(Task<StringBuilder> read) => read.IsCompletedSuccessfully ? read.Result.ToString() : "";
}
