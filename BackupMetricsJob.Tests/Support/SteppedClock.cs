namespace BackupMetricsJob.Tests.Support;

/// <summary>A clock that stands still until the test moves it, and timers that ring when it passes them: days go by in a second.</summary>
internal sealed class SteppedClock(DateTimeOffset now) : TimeProvider
{
    readonly Lock _lock = new();
    readonly List<Timer> _timers = [];
    DateTimeOffset _now = now;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>When the next timer rings; null where none waits.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_lock)
                return _timers.Where(timer => timer.Due is not null).Min(timer => timer.Due);
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        lock (_lock)
            _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock, in one jump, and rings what became due.</summary>
    public void Set(DateTimeOffset to)
    {
        List<Timer> due;
        lock (_lock)
        {
            _now = to;
            due = [.. _timers.Where(timer => timer.Due <= to)];
            foreach (var timer in due)
                timer.Due = timer.Period > TimeSpan.Zero ? to + timer.Period : null;
        }

        foreach (var timer in due)
            ThreadPool.UnsafeQueueUserWorkItem(_ => timer.Ring(), null);
    }

    sealed class Timer(SteppedClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset? Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Ring() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : clock._now + dueTime;
                Period = period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period;
            }

            if (dueTime == TimeSpan.Zero)
            {
                lock (clock._lock)
                    Due = null;
                ThreadPool.UnsafeQueueUserWorkItem(_ => Ring(), null);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._lock)
                clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
