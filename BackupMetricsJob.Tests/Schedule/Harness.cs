using System.Text;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Schedule.Options;
using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.Scheduling;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>The daemon's parts in this process, with the test's clock. Its database refuses every connection.</summary>
internal sealed class Harness : IDisposable
{
    readonly Signals _signals = new();
    readonly LogText _written = new();

    public Harness(TimeProvider time, params string[] settings)
        : this(time, withDatabase: true, settings) { }

    /// <param name="time">The clock.</param>
    /// <param name="withDatabase">Whether to add a database that no setting names.</param>
    /// <param name="settings">name=value each.</param>
    public Harness(TimeProvider time, bool withDatabase, string[] settings)
    {
        var flags = new GivenFlags();
        if (withDatabase && !settings.Any(setting => setting.StartsWith("connection=", StringComparison.Ordinal)))
            flags.Add("connection", ["postgresql://u@127.0.0.1:1/x?sslmode=disable"]);
        if (withDatabase)
            flags.Add("instance", ["db"]);
        if (settings.Contains("no-push=true") && !settings.Any(setting => setting.Split('=')[0] is "listen" or "web-config" or "config"))
            flags.Add("listen", ["127.0.0.1:9351"]);
        foreach (var setting in settings)
            flags.Add(setting.Split('=')[0], [setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]]);
        Read = Ordinary;
        if (Ordinary(out var first) is { Count: > 0 } problems)
            throw new ArgumentException(problems[0].Message);
        var context = new ProcessContext(Stream.Null, _written, new Dictionary<string, string>(), time, _signals);
        State = new("here", time.GetUtcNow(), new("1", "a"));
        Log = new(context.Error, time, () => first!.Output);
        Options = new(first!, (out ScheduleOptions? options) => Read(out options), State, Log, time);
        Runner = new(Options, context, new("1", "a"), State, Log);
        Job = new(Runner, Options, State, Log, time);
        Schedule = new(null, Job, time);

        IReadOnlyList<Problem> Ordinary(out ScheduleOptions? options) =>
            ScheduleOptionsReader.Read(flags, new Dictionary<string, string>(), time.GetUtcNow(), out options, out _);
    }

    /// <summary>The log so far.</summary>
    public string Text => _written.ToString();

    public void Forget() => _written.Clear();

    /// <summary>Reads the settings; a test may replace it.</summary>
    public ReadOptions Read { get; set; }

    public ScheduleState State { get; }

    public ScheduleLog Log { get; }

    public CurrentOptions Options { get; }

    public SlotRunner Runner { get; }

    public SlotJob Job { get; }

    public QuartzSchedule Schedule { get; }

    public IReadOnlyList<string> Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose()
    {
        Runner.Dispose();
        _written.Dispose();
        _signals.Dispose();
    }

    /// <summary>A writer that can be read while others write to it.</summary>
    sealed class LogText : TextWriter
    {
        readonly StringBuilder _text = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (_text)
                _text.Append(value);
        }

        public override void WriteLine(string? value)
        {
            lock (_text)
                _text.Append(value).Append('\n');
        }

        public void Clear()
        {
            lock (_text)
                _text.Clear().Capacity = 16;
        }

        public override string ToString()
        {
            lock (_text)
                return _text.ToString();
        }
    }
}
