using System.Collections.Concurrent;

namespace BackupMetricsJob.Files;

/// <summary>
/// A file that is being read, on a thread of its own and none of the pool's, since a pipe that nobody writes to and a mount that is gone
/// never answer. Such a path holds one thread until it does answer, however often it is asked for.
/// </summary>
internal sealed class FileReading
{
    /// <summary>Of the maximum of a reading: the names in a folder are asked for.</summary>
    public const int Names = -1;

    const int StackSize = 256 << 10;
    const int MaxLost = 5;

    /// <summary>For each file, from when it was begun.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // What was not begun in advance is waited for one after the other. After some in vain the rest of a run gets less, so that hundreds do
    // not cost minutes.
    static readonly TimeSpan PatienceAfterMany = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    static readonly ConcurrentDictionary<(string Path, int Max), FileReading> Open = new();

    // Each file that hangs holds a thread and a descriptor. Half of all are left for databases and gateways, a quarter for what was not
    // begun in advance.
    static readonly int Quarter = Math.Clamp(Math.Min(ProcessLimits.RaiseDescriptors(), ProcessLimits.Threads()) / 4, 1, 8192);
    static readonly SemaphoreSlim RoomInAdvance = new(Quarter);
    static readonly SemaphoreSlim RoomForOthers = new(Quarter);
    static int _lost;
    static long _lastLost;
    static long _lastFull = -(long)Memory.TotalMilliseconds;

    readonly (string Path, int Max) _what;
    readonly TimeSpan _patience;
    readonly bool _inAdvance;
    readonly long _begun = Environment.TickCount64;
    readonly TaskCompletionSource<FileContent> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    FileReading(string path, int max, TimeSpan patience, bool inAdvance) =>
        (_what, _patience, _inAdvance) = ((path, max), patience, inAdvance);

    SemaphoreSlim Room => _inAdvance ? RoomInAdvance : RoomForOthers;

    TimeSpan Left => TimeSpan.FromMilliseconds(Math.Max(0, _begun + (long)_patience.TotalMilliseconds - Environment.TickCount64));

    /// <summary>Joins whoever reads that file already.</summary>
    public static FileReading Begin(string path, int max, bool inAdvance)
    {
        if (Environment.TickCount64 - Volatile.Read(ref _lastLost) > Memory.TotalMilliseconds)
            Volatile.Write(ref _lost, 0);
        var reading = new FileReading(path, max, inAdvance || Volatile.Read(ref _lost) < MaxLost ? Patience : PatienceAfterMany, inAdvance);
        var open = Open.GetOrAdd((path, max), reading);
        if (open == reading)
            reading.Start();
        return open;
    }

    /// <summary>The answer; where none comes in time, that.</summary>
    public FileContent Wait()
    {
        if (_answer.Task.Wait(Left))
            return _answer.Task.Result;
        if (!_inAdvance)
        {
            Interlocked.Increment(ref _lost);
            Volatile.Write(ref _lastLost, Environment.TickCount64);
        }

        return FileContent.NoAnswer;
    }

    void Start()
    {
        var isFull = _inAdvance && Environment.TickCount64 - Volatile.Read(ref _lastFull) < Memory.TotalMilliseconds;
        if (!Room.Wait(isFull ? TimeSpan.Zero : Patience))
        {
            Volatile.Write(ref _lastFull, Environment.TickCount64);
            Finish(new() { Fault = $"cannot be read: {Open.Count} other files hang, more are not waited for (ulimit -n, ulimit -u)" });
            return;
        }

        try
        {
            new Thread(Work, StackSize) { IsBackground = true, Name = "reads a file" }.Start();
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            Room.Release();
            Finish(new() { Fault = $"cannot be read: no thread can be had for it, {Open.Count} files are being read or hang" });
        }
    }

    void Work()
    {
        var content = FileContent.Read(_what.Path, _what.Max);
        Room.Release();
        Finish(content);
    }

    /// <summary>Whoever asks for the path from now on reads it anew.</summary>
    void Finish(FileContent content)
    {
        Open.TryRemove(_what, out _);
        _answer.SetResult(content);
    }
}
