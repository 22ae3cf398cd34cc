using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Drill;

/// <summary>What was claimed before the fetch: that all work until <paramref name="Until"/> can be restored.</summary>
/// <param name="Until">The recovery point, by this host's clock.</param>
/// <param name="Lsn">Where the archive was said to end, in bytes; null where nobody said it.</param>
/// <param name="By">
/// Who claims it: server, catalog, or archive (its listing); archiver where the server's evidence is not enough for a recovery point.
/// </param>
/// <param name="SegmentSize">Bytes of a WAL segment.</param>
internal sealed record Claim(DateTimeOffset Until, long? Lsn, string By, long SegmentSize)
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    internal static readonly TimeSpan MinShortfall = TimeSpan.FromSeconds(1);

    /// <summary>Reads the claim: the server's own, the catalogue's, or both together.</summary>
    /// <param name="server">The instance that is drilled.</param>
    /// <param name="targets">The live server, a catalogue, or both.</param>
    /// <returns>The claim, or why there is none; a failure where somebody did not answer.</returns>
    public static async Task<ClaimResult> ReadAsync(
        string server,
        IReadOnlyList<MonitoredTarget> targets,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (targets.Count == 0)
            return new(null, "not asked for: name the live server with --connection, or a catalogue with --catalogue", null);
        var options = new JobOptions
        {
            Targets = targets,
            Gateways = [],
            Group = GroupingKey.TryCreate(JobDefaults.Job, [], [])!,
            Concurrency = targets.Count,
            Deadline = Timeout,
            Interval = null,
            LegacyNames = false,
        };
        var report = await JobRun.ProbeAsync(options, time, cancellationToken);
        var failed = report.Results.FirstOrDefault(result => result.Failure is not null);
        var result = report.Results.FirstOrDefault(result => result.Instance.Name == server);
        var claim = result?.Loss is { } loss ? From(result, loss) : ByArchiver(result);
        var why =
            claim is not null ? null
            : failed is not null ? $"{(failed == result ? "the live server" : "the catalogue")} did not say it: {failed.Failure!.Message}"
            : "nobody claims a recovery point: no backup is known, or what is known is not enough";
        return new(claim, why, failed?.Failure)
        {
            SystemIdentifier = result?.Server?.SystemIdentifier,
            Stored = result?.Server is { DiscardReason: null, Wal.ArchiveEnd: var stored } ? stored : null,
            Hole = result?.ArchiveAssessment?.Best?.FirstMissing,
        };
    }

    /// <summary>
    /// Where no recovery point is claimed, as after a failover: what the server's archiver reported as stored.
    /// </summary>
    static Claim? ByArchiver(ProbeResult? result) =>
        result?.Server is { InRecovery: false, ArchiveMode: not "off", DiscardReason: null, Wal: { ArchiveEnd: { } end } wal } server
            ? new(wal.NewestDone ?? server.Archiver.LastArchived ?? result.At, end, "archiver", wal.SegmentSize)
            : null;

    /// <summary>Whoever's word the recovery point stands on also says up to which place in the WAL.</summary>
    public static Claim From(ProbeResult result, Loss loss)
    {
        // While a server is idle, nothing is lost; yet no more is claimed than what can come back, which ends with its last write.
        var until = (LastWrite(result) is { } written && written < result.At ? written : result.At) - loss.Window;
        var segmentSize = result.Server?.Wal?.SegmentSize ?? WalSegmentSize.Usual;
        if (loss.IsByServer)
            return new(until, loss.IsByDump ? null : result.Server?.Wal?.ArchiveEnd, SourceName.Server, segmentSize);
        if (!loss.IsByDump && result.ArchiveAssessment?.Best is { } archive)
        {
            var size = archive.Listing.SegmentSize ?? segmentSize;
            return new(until, (archive.End + 1) * size, "archive", size);
        }

        var stop = loss.IsByDump ? null : result.Backups.Max(backup => backup.StopLsn);
        return new(until, stop, SourceName.Catalog, segmentSize);
    }

    static DateTimeOffset? LastWrite(ProbeResult result) => result.Server?.Wal?.LastWrite - (result.ClockOffset ?? TimeSpan.Zero);

    /// <summary>
    /// How much work that was claimed did not come back; null if that is not known. Where the WAL that was claimed came back, nothing is
    /// missing, however long ago the last transaction was: the server was idle. The last record of a segment may end in the next one, so
    /// less than a segment is no hole. Where WAL is missing, it is a second at least: the times of files are whole seconds.
    /// </summary>
    /// <param name="recovered">What came back.</param>
    /// <param name="finished">When the backup finished, for a restore that replayed no transaction.</param>
    /// <param name="isDamaged">Whether replay ended within a segment that is damaged: then the rest of it is missing, too.</param>
    public TimeSpan? Shortfall(Recovered recovered, DateTimeOffset? finished, bool isDamaged = false)
    {
        if (Lsn is not { } claimed || recovered.Lsn is not { } reached)
            return null;
        if (reached >= claimed || (reached > claimed - SegmentSize && !isDamaged))
            return TimeSpan.Zero;
        var until = recovered.LastTransaction ?? finished;
        return until is null ? null
            : Until - until > MinShortfall ? Until - until
            : MinShortfall;
    }

    /// <summary>Whether WAL that was claimed did not come back.</summary>
    public bool IsMissed(long reached) => reached <= Lsn - SegmentSize;
}

/// <summary>A claim, or why there is none.</summary>
/// <param name="Claim">Null if there is none.</param>
/// <param name="Why">Why there is none, in words.</param>
/// <param name="Failure">Somebody who was named did not answer in full.</param>
internal sealed record ClaimResult(Claim? Claim, string? Why, ProbeFailure? Failure)
{
    /// <summary>Of the live server; null where nobody said it.</summary>
    public ulong? SystemIdentifier { get; init; }

    /// <summary>
    /// Up to which place the server says that it archived, in bytes: more than what is claimed, where the archive's listing has a hole.
    /// </summary>
    public long? Stored { get; init; }

    /// <summary>The first segment that is missing in the archive's listing; null where none is.</summary>
    public string? Hole { get; init; }

    /// <summary>Bytes of a WAL segment.</summary>
    public long SegmentSize => Claim?.SegmentSize ?? WalSegmentSize.Usual;

    /// <summary>How much work that was claimed did not come back; null if that is not known.</summary>
    /// <param name="recovered">What came back.</param>
    /// <param name="finished">When the backup finished, for a restore that replayed no transaction.</param>
    /// <param name="damaged">The segment that replay ended at, since it is damaged.</param>
    public TimeSpan? Shortfall(Recovered recovered, DateTimeOffset? finished, DamagedWal? damaged) =>
        Claim?.Shortfall(recovered, finished, isDamaged: damaged is { IsEmpty: false });
}
