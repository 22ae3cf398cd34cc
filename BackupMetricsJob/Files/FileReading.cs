using System.Collections.Concurrent;

namespace BackupMetricsJob.Files;

/// <summary>
/// A file that is being read, on a thread of its own and none of the pool's, since a pipe that nobody writes to and a mount that is gone
/// never answer. Such a path holds one thread until it does answer, however often it is asked for.
/// </summary>
internal sealed class FileReading
{
    /// <summary>Of the maximum of a reading: the names in a folder are asked for.</summary>
    public const int ListNames = -1;

    const int StackSize = 256 << 10;
    const int MaxTimeouts = 5;

    /// <summary>For each file, from when it was begun.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    // What was not begun in advance is waited for one after the other. After some in vain the rest of a run gets less, so that hundreds do
    // not cost minutes.
    static readonly TimeSpan ShortTimeout = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan BackoffPeriod = TimeSpan.FromSeconds(10);

    static readonly ConcurrentDictionary<(string Path, int Max), FileReading> InProgress = new();

    // Each file that hangs holds a thread and a descriptor. Half of all are left for databases and gateways, a quarter for what was not
    // begun in advance.
    static readonly int MaxReadings = Math.Clamp(Math.Min(ProcessLimits.RaiseDescriptors(), ProcessLimits.Threads()) / 4, 1, 8192);
    static readonly SemaphoreSlim AdvanceSlots = new(MaxReadings);
    static readonly SemaphoreSlim OtherSlots = new(MaxReadings);
    static int _timeoutCount;
    static long _lastTimeout;
    static long _lastFull = -(long)BackoffPeriod.TotalMilliseconds;

    readonly (string Path, int Max) _key;
    readonly TimeSpan _timeout;
    readonly bool _inAdvance;
    readonly long _startedAt = Environment.TickCount64;
    readonly TaskCompletionSource<FileContent> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    FileReading(string path, int max, TimeSpan patience, bool inAdvance) =>
        (_key, _timeout, _inAdvance) = ((path, max), patience, inAdvance);

    SemaphoreSlim Slots => _inAdvance ? AdvanceSlots : OtherSlots;

    TimeSpan Remaining => TimeSpan.FromMilliseconds(Math.Max(0, _startedAt + (long)_timeout.TotalMilliseconds - Environment.TickCount64));

    /// <summary>Joins whoever reads that file already.</summary>
    public static FileReading Begin(string path, int max, bool inAdvance)
    {
        if (Environment.TickCount64 - Volatile.Read(ref _lastTimeout) > BackoffPeriod.TotalMilliseconds)
            Volatile.Write(ref _timeoutCount, 0);
        var reading = new FileReading(
            path,
            max,
            inAdvance || Volatile.Read(ref _timeoutCount) < MaxTimeouts ? Timeout : ShortTimeout,
            inAdvance
        );
        var open = InProgress.GetOrAdd((path, max), reading);
        if (open == reading)
            reading.Start();
        return open;
    }

    /// <summary>The answer; where none comes in time, that.</summary>
    public FileContent Wait()
    {
        if (_result.Task.Wait(Remaining))
            return _result.Task.Result;
        if (!_inAdvance)
        {
            Interlocked.Increment(ref _timeoutCount);
            Volatile.Write(ref _lastTimeout, Environment.TickCount64);
        }

        return FileContent.TimedOut;
    }

    void Start()
    {
        var isFull = _inAdvance && Environment.TickCount64 - Volatile.Read(ref _lastFull) < BackoffPeriod.TotalMilliseconds;
        if (!Slots.Wait(isFull ? TimeSpan.Zero : Timeout))
        {
            Volatile.Write(ref _lastFull, Environment.TickCount64);
            Finish(
                new() { Fault = $"cannot be read: {InProgress.Count} other files hang, more are not waited for (ulimit -n, ulimit -u)" }
            );
            return;
        }

        try
        {
            new Thread(Work, StackSize) { IsBackground = true, Name = "reads a file" }.Start();
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            Slots.Release();
            Finish(new() { Fault = $"cannot be read: no thread can be had for it, {InProgress.Count} files are being read or hang" });
        }
    }

    void Work()
    {
        var content = FileContent.Read(_key.Path, _key.Max);
        Slots.Release();
        Finish(content);
    }

    /// <summary>Whoever asks for the path from now on reads it anew.</summary>
    void Finish(FileContent content)
    {
        InProgress.TryRemove(_key, out _);
        _result.SetResult(content);
    }
}
