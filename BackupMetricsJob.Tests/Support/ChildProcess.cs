using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// What came of a process: its exit code (128 + the signal's number if a signal ended it), what it wrote, and how long it took.
/// </summary>
internal sealed record ProcessResult(int ExitCode, string Output, string Error, TimeSpan Elapsed);

/// <summary>How a process is started, where that differs from "as we are, with our environment, with an empty standard input".</summary>
internal sealed record ChildOptions
{
    /// <summary>The whole environment of the process; null: ours.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    public string? WorkingDirectory { get; init; }

    public string Input { get; init; } = "";

    /// <summary>Run as `nobody` if we are root: PostgreSQL refuses root.</summary>
    public bool Unprivileged { get; init; }

    /// <summary>The signal that the kernel sends the process when we are gone.</summary>
    public string SignalWhenOrphaned { get; init; } = "KILL";
}

/// <summary>
/// A process that cannot outlive the tests: it is killed when disposed, and by the kernel when this process ends in any way.
/// The kernel counts the *thread* that forked as the parent, so one thread, which never ends, starts them all.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>The user and group `nobody`, by number since neither has the same name everywhere.</summary>
    public const string NobodyId = "65534";

    static readonly string Setpriv = Tool.Find("setpriv", "apt-get install util-linux");
    static readonly BlockingCollection<Action> Starts = StartStarter();

    readonly Process _process;
    readonly long _started;
    readonly CapturedText _output;
    readonly CapturedText _error;
    Task _feeding = Task.CompletedTask;
    bool _disposed;

    ChildProcess(Process process, long started)
    {
        _process = process;
        _started = started;
        _output = new(_process.StandardOutput);
        _error = new(_process.StandardError);
        Id = _process.Id;
    }

    public int Id { get; }

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public bool HasExited => _disposed || _process.HasExited;

    public static ChildProcess Start(string program, IEnumerable<string> arguments, ChildOptions? options = null)
    {
        options ??= new();
        List<string> all = ["--pdeathsig", options.SignalWhenOrphaned];
        if (options.Unprivileged && Environment.IsPrivilegedProcess)
            all.AddRange(["--reuid", NobodyId, "--regid", NobodyId, "--clear-groups"]);
        all.AddRange(["--", program, .. arguments]);

        var start = new ProcessStartInfo(Setpriv, all)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = options.WorkingDirectory ?? (options.Unprivileged ? "/" : ""),
        };
        if (options.Environment is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in options.Environment)
                start.Environment[name] = value;
        }

        var result = new TaskCompletionSource<Process>();
        var begin = Stopwatch.GetTimestamp();
        Starts.Add(() =>
        {
            try
            {
                result.SetResult(Process.Start(start)!);
            }
            catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                result.SetException(e);
            }
        });
        var child = new ChildProcess(result.Task.GetAwaiter().GetResult(), begin);
        child._feeding = child.Feed(options.Input);
        return child;
    }

    /// <summary>Starts a process and waits for its end.</summary>
    public static async Task<ProcessResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        ChildOptions? options = null,
        TimeSpan? deadline = null
    )
    {
        await using var child = Start(program, arguments, options);
        return await child.WaitAsync(deadline);
    }

    /// <summary>Runs a tool that must succeed, and returns what it wrote to standard output.</summary>
    public static async Task<string> RunSuccessfullyAsync(
        string program,
        IEnumerable<string> arguments,
        ChildOptions? options = null,
        TimeSpan? deadline = null
    )
    {
        var result = await RunAsync(program, arguments, options, deadline);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException(
                $"{Path.GetFileName(program)} ended with {result.ExitCode}:\n{result.Error}{result.Output}"
            );
    }

    /// <summary>
    /// The end of the process. When the deadline passes first it is killed, and <see cref="TimeoutException"/> shows what it wrote.
    /// </summary>
    public async Task<ProcessResult> WaitAsync(TimeSpan? deadline = null)
    {
        var limit = deadline ?? Wait.Deadline;
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            throw new TimeoutException(
                $"{string.Join(' ', _process.StartInfo.ArgumentList)}\nstill ran after {limit.TotalSeconds:0.#} s and was killed. "
                    + $"It wrote:\n{Output}{Error}"
            );
        }

        var elapsed = Stopwatch.GetElapsedTime(_started);
        await Task.WhenAll(_output.End, _error.End).WaitAsync(Wait.Deadline);
        return new(_process.ExitCode, Output, Error, elapsed);
    }

    public Task<string> WaitForOutputLineAsync(string part, TimeSpan? deadline = null) => _output.WaitForLineAsync(part, deadline);

    public Task<string> WaitForErrorLineAsync(string part, TimeSpan? deadline = null) => _error.WaitForLineAsync(part, deadline);

    /// <summary>
    /// Sends a signal, unless the process has ended. SIGKILL has no name in <see cref="PosixSignal"/>: see <see cref="Kill"/>.
    /// </summary>
    public void Signal(PosixSignal signal)
    {
        var number = signal switch
        {
            PosixSignal.SIGHUP => 1,
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGQUIT => 3,
            PosixSignal.SIGTERM => 15,
            PosixSignal.SIGCONT => 18,
            PosixSignal.SIGTSTP => 20,
            _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "not a signal that the tests send"),
        };
        if (!_process.HasExited && NativeMethods.SendSignal(Id, number) != 0 && !_process.HasExited)
            throw new InvalidOperationException(
                $"Signal {number} could not be sent to process {Id}: {Marshal.GetLastPInvokeErrorMessage()}"
            );
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
            _process.Kill();
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        Kill();
        await _process.WaitForExitAsync();
        await _feeding;
        _process.Dispose();
    }

    /// <summary>The pipe holds 64 KiB; a process that reads none of a longer input must not stop the test.</summary>
    Task Feed(string input) =>
        Task.Run(() =>
        {
            try
            {
                using var stdin = _process.StandardInput;
                stdin.Write(input);
            }
            catch (IOException)
            {
                // It ended without reading everything.
            }
        });

    static BlockingCollection<Action> StartStarter()
    {
        var starts = new BlockingCollection<Action>();
        var thread = new Thread(() =>
        {
            foreach (var start in starts.GetConsumingEnumerable())
                start();
        })
        {
            IsBackground = true,
            Name = "starts processes",
        };
        thread.Start();
        return starts;
    }

    static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int SendSignal(int process, int signal);
    }
}
