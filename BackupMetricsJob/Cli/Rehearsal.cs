using System.Text;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Probing;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Running;
using Prometheus;

namespace BackupMetricsJob.Cli;

/// <summary>
/// A run with an invented database and an invented gateway, on another thread and to nobody's eyes. A short-lived process spends most of its time on
/// loading code: so that is done while the command line is read and while the database is waited for.
/// </summary>
internal sealed class Rehearsal : IDisposable
{
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    readonly Thread _thread;
    readonly bool _pushes;
    volatile bool _isOver;

    Rehearsal(bool pushes)
    {
        _pushes = pushes;
        _thread = new Thread(TryPlay) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Begins at once; what goes wrong in it goes wrong again where it matters. One processor could only do it later: null.</summary>
    /// <param name="pushes">Whether there is more to come than a probe.</param>
    public static Rehearsal? Begin(bool pushes) => Environment.ProcessorCount > 1 ? new(pushes) : null;

    /// <summary>Waits until it has ended, which it usually has long ago: the runtime is not taken down under a thread that is loading code.</summary>
    public void Dispose()
    {
        _isOver = true;
        _thread.Join(LongestWait);
    }

    void TryPlay()
    {
        try
        {
            NpgsqlConnector.Rehearse();
            if (_pushes && !_isOver) PlayPush();
        }
#pragma warning disable CA1031 // Nobody need be told.
        catch (Exception)
#pragma warning restore CA1031
        {
            // The run meets it again, and tells.
        }
    }

    /// <summary>What comes after the probes: the metrics, their push and the report.</summary>
    internal static RunReport PlayPush()
    {
        var results = new[] { Healthy() };
        var registry = Metrics.NewCustomRegistry();
        var samples = BackupMetrics.Write(results, new(DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1), 1, null, new("0", "0"), LegacyNames: true), registry);
        var push = PushRehearsal.Play(registry);
        var report = new RunReport(results, TimeSpan.FromSeconds(1)) { Pushes = [new(push, null)], Samples = samples };

        // .NET prepares the console for its first writer.
        using var error = Console.OpenStandardError();
        error.Write([]);
        using var nowhere = new StreamWriter(Stream.Null, new UTF8Encoding(false)) { AutoFlush = true };
        RunSummary.Write(report, nowhere);
        return report;
    }

    /// <summary>A database of which everything is known that usually is.</summary>
    static ProbeResult Healthy()
    {
        var now = DateTimeOffset.UtcNow;
        var before = now - TimeSpan.FromMinutes(1);
        return new(new Instance("none", [new("a", "b")], AgeLimit.Defaults, [SourceName.Server]))
        {
            Duration = TimeSpan.FromSeconds(1),
            At = now,
            ClockOffset = TimeSpan.Zero,
            Connected = new("none", 150000, "none", InRecovery: false),
            Server = new()
            {
                VersionNumber = 150000,
                InRecovery = false,
                ArchiveMode = "on",
                HasArchiveCommand = true,
                Now = now,
                Archiver = new(1, before, 0, null, "wal-g", null),
                Wal = new()
                {
                    DirectoryBytes = 1,
                    ReadySegments = 0,
                    DoneSegments = 1,
                    UnarchivedBytes = 1,
                    NewestDone = before,
                    NewestBeforeUnarchived = before,
                    LastWrite = now,
                    ArchiveTimeout = TimeSpan.Zero,
                    ReplayBytes = 1,
                    ArchiveEnd = 1,
                    ReceiversAreVisible = true,
                },
                BaseBackup = new(before, before, "wal-g"),
            },
            Backups = [new(SourceName.Server, "wal-g", BackupType.Base) { LastSuccess = before, Age = now - before, LastDuration = TimeSpan.FromSeconds(1) }],
            SourcesThatAnswered = [SourceName.Server],
        };
    }
}
