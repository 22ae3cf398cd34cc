using System.Collections.Concurrent;

namespace BackupMetricsJob.Files;

/// <summary>
/// A file that is being read on a dedicated thread, because a pipe without a writer or a mount that is gone may block it for ever. A path
/// that blocks occupies one thread, however often it is read.
/// </summary>
internal sealed class FileReading
{
    /// <summary>As the maximum size: list the files of a directory.</summary>
    public const int ListNames = -1;

    const int StackSize = 256 << 10;
    const int MaxTimeouts = 5;

    /// <summary>The timeout for each file, from the start of reading.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    // Files that were not started in advance are waited for one by one. After several timeouts the others get less time, so that hundreds
    // of them do not take minutes.
    static readonly TimeSpan ShortTimeout = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan BackoffPeriod = TimeSpan.FromSeconds(10);

    static readonly ConcurrentDictionary<(string Path, int Max), FileReading> InProgress = new();

    // Each file that hangs occupies a thread and a descriptor. Half of them are reserved for databases and gateways; files that were
    // started in advance, and all others, may use a quarter each.
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

    FileReading(string path, int max, TimeSpan timeout, bool inAdvance) => (_key, _timeout, _inAdvance) = ((path, max), timeout, inAdvance);

    SemaphoreSlim Slots => _inAdvance ? AdvanceSlots : OtherSlots;

    TimeSpan Remaining => TimeSpan.FromMilliseconds(Math.Max(0, _startedAt + (long)_timeout.TotalMilliseconds - Environment.TickCount64));

    /// <summary>If the file is being read already, returns that reading.</summary>
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

    /// <summary>Returns the content, or a fault after the timeout.</summary>
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
                new()
                {
                    Fault = $"cannot be read: {InProgress.Count} other files hang, and no more can be read at once (see ulimit -n and -u)",
                }
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
            Finish(new() { Fault = $"cannot be read: no thread can be started, {InProgress.Count} files are being read or hang" });
        }
    }

    void Work()
    {
        var content = FileContent.Read(_key.Path, _key.Max);
        Slots.Release();
        Finish(content);
    }

    /// <summary>From now on, the path is read again.</summary>
    void Finish(FileContent content)
    {
        InProgress.TryRemove(_key, out _);
        _result.SetResult(content);
    }
}
