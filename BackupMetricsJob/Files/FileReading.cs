namespace BackupMetricsJob.Files;

/// <summary>
/// A file that is being read, on a thread of this class and none of the pool's, since a pipe that nobody writes to and a mount that is gone never answer.
/// Such a path holds one thread until it does answer, however often it is asked for; whatever answers shares one.
/// </summary>
internal sealed class FileReading
{
    /// <summary>Of the maximum of a reading: the names in a folder are asked for.</summary>
    public const int Names = -1;

    const int StackSize = 256 << 10;
    const int MaxLost = 5;

    /// <summary>For each file, from when it was begun.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // An ordinary file answers within the glance, and then its thread is free for the next. While some hang, no time is lost by looking at each of many.
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan GlanceWhileOthersHang = TimeSpan.FromMilliseconds(1);

    // What was not begun in advance is waited for one after the other. After some in vain the rest of a run gets less, so that hundreds do not cost minutes.
    static readonly TimeSpan PatienceAfterMany = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    static readonly object Gate = new();
    static readonly Dictionary<string, FileReading> Open = new(StringComparer.Ordinal);
    static readonly Queue<FileReading> Given = new();
    static int _idle;
    static int _lost;
    static long _lastLost;

    readonly string _path;
    readonly int _max;
    readonly TimeSpan _patience;
    readonly bool _inAdvance;
    readonly long _begun = Environment.TickCount64;
    readonly TaskCompletionSource<FileContent> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    FileReading(string path, int max, TimeSpan patience, bool inAdvance) => (_path, _max, _patience, _inAdvance) = (path, max, patience, inAdvance);

    /// <summary>How many files are being read, or hang; each has a thread.</summary>
    public static int Unanswered
    {
        get
        {
            lock (Gate) return Open.Count;
        }
    }

    TimeSpan Left => TimeSpan.FromMilliseconds(Math.Max(0, _begun + (long)_patience.TotalMilliseconds - Environment.TickCount64));

    /// <summary>Joins whoever reads that file already.</summary>
    public static FileReading Begin(string path, int max, bool inAdvance)
    {
        var reading = Join(path, max, inAdvance, out var glance);
        if (reading._max == max)
        {
            if (inAdvance) reading._answer.Task.Wait(glance);
            return reading;
        }

        // Somebody asks something else of this very path: after that, or not at all.
        return reading._answer.Task.Wait(reading.Left) ? Begin(path, max, inAdvance) : Refused(path, max, FileContent.NoAnswer);
    }

    /// <summary>The answer; where none comes in time, that.</summary>
    public FileContent Wait()
    {
        if (_answer.Task.Wait(Left)) return _answer.Task.Result;
        if (!_inAdvance) Lose();
        return FileContent.NoAnswer;
    }

    public async Task<FileContent> WaitAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(_answer.Task, Task.Delay(Left, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        return _answer.Task.IsCompleted ? await _answer.Task : FileContent.NoAnswer;
    }

    static FileReading Join(string path, int max, bool inAdvance, out TimeSpan glance)
    {
        lock (Gate)
        {
            glance = TimeSpan.Zero;
            if (Open.TryGetValue(path, out var open)) return open;
            if (_lost > 0 && Environment.TickCount64 - _lastLost > Memory.TotalMilliseconds) _lost = 0;
            glance = Open.Count > 0 ? GlanceWhileOthersHang : Glance;
            var reading = new FileReading(path, max, inAdvance || _lost < MaxLost ? Patience : PatienceAfterMany, inAdvance);
            try
            {
                if (_idle == Given.Count) new Thread(Work, StackSize) { IsBackground = true, Name = "reads files" }.Start();
            }
            catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
            {
                return Refused(path, max, new() { Fault = $"cannot be read: no thread can be had for it, {Open.Count} others hang" });
            }

            if (_idle == Given.Count) _idle++;
            Open.Add(path, reading);
            Given.Enqueue(reading);
            Monitor.Pulse(Gate);
            return reading;
        }
    }

    static FileReading Refused(string path, int max, FileContent why)
    {
        var refused = new FileReading(path, max, TimeSpan.Zero, inAdvance: true);
        refused._answer.SetResult(why);
        return refused;
    }

    static void Lose()
    {
        lock (Gate) (_lost, _lastLost) = (_lost + 1, Environment.TickCount64);
    }

    static void Work()
    {
        for (var goesOn = true; goesOn;)
        {
            var next = Take();
            var content = FileContent.Of(next._path, next._max);
            goesOn = Finish(next);
            next._answer.SetResult(content);
        }
    }

    static FileReading Take()
    {
        lock (Gate)
        {
            while (Given.Count == 0) Monitor.Wait(Gate);
            _idle--;
            return Given.Dequeue();
        }
    }

    /// <summary>Whoever asks for the path from now on reads it anew. False where this thread is one too many: those that hung come back, and one waits already.</summary>
    static bool Finish(FileReading answered)
    {
        lock (Gate)
        {
            Open.Remove(answered._path);
            if (_idle > Given.Count) return false;
            _idle++;
            return true;
        }
    }
}
