using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Drill;

/// <summary>The claim made before the fetch: all work until <paramref name="Until"/> can be restored.</summary>
/// <param name="Until">The recovery point, by this host's clock.</param>
/// <param name="Lsn">The claimed end of the archive, in bytes; null if unknown.</param>
/// <param name="By">The origin of the claim: server, catalog, or archive (its listing). It is "archiver" if the server's evidence is
/// insufficient for a recovery point.</param>
/// <param name="SegmentSize">The size of a WAL segment in bytes.</param>
internal sealed record Claim(DateTimeOffset Until, long? Lsn, string By, long SegmentSize)
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    internal static readonly TimeSpan MinShortfall = TimeSpan.FromSeconds(1);

    /// <summary>Reads the claim from the server, from the catalogue, or from both together.</summary>
    /// <param name="server">The drilled instance.</param>
    /// <param name="targets">The live server, a catalogue, or both.</param>
    /// <returns>The claim, or why there is none; with a failure if a target did not answer.</returns>
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

    /// <summary>The claim if no recovery point is known, such as after a failover: what the server's archiver reported as stored.</summary>
    static Claim? ByArchiver(ProbeResult? result) =>
        result?.Server is { InRecovery: false, ArchiveMode: not "off", DiscardReason: null, Wal: { ArchiveEnd: { } end } wal } server
            ? new(wal.NewestDone ?? server.Archiver.LastArchived ?? result.At, end, "archiver", wal.SegmentSize)
            : null;

    /// <summary>Takes the archive's end in the WAL from the same source as the recovery point.</summary>
    public static Claim From(ProbeResult result, Loss loss)
    {
        // An idle server loses nothing. But the claim must not exceed what can be restored, which ends with the server's last write.
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
    /// How much claimed work was not restored; null if unknown. If the claimed WAL was restored, nothing is missing, however old the last
    /// transaction is, because the server was idle. The last record of a segment may end in the next one, so less than one missing segment
    /// is no hole. If WAL is missing, the result is at least a second, because file times are whole seconds.
    /// </summary>
    /// <param name="recovered">What was restored.</param>
    /// <param name="finished">When the backup finished, for a restore without a replayed transaction.</param>
    /// <param name="isDamaged">Whether replay ended within a damaged segment. Then the rest of that segment is missing, too.</param>
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

    /// <summary>Whether claimed WAL was not restored.</summary>
    public bool IsMissed(long reached) => reached <= Lsn - SegmentSize;
}

/// <summary>A claim, or why there is none.</summary>
/// <param name="Claim">Null if there is none.</param>
/// <param name="Why">Why there is no claim, in words.</param>
/// <param name="Failure">The failure if a target did not answer completely.</param>
internal sealed record ClaimResult(Claim? Claim, string? Why, ProbeFailure? Failure)
{
    /// <summary>The live server's system identifier; null if unknown.</summary>
    public ulong? SystemIdentifier { get; init; }

    /// <summary>
    /// The end of the archived WAL according to the server, in bytes. If the archive's listing has a hole, this is more than the claim.
    /// </summary>
    public long? Stored { get; init; }

    /// <summary>The first missing segment in the archive's listing; null if none is missing.</summary>
    public string? Hole { get; init; }

    /// <summary>The size of a WAL segment in bytes.</summary>
    public long SegmentSize => Claim?.SegmentSize ?? WalSegmentSize.Usual;

    /// <summary>How much claimed work was not restored; null if unknown.</summary>
    /// <param name="recovered">What was restored.</param>
    /// <param name="finished">When the backup finished, for a restore without a replayed transaction.</param>
    /// <param name="damaged">The damaged segment at which replay ended.</param>
    public TimeSpan? Shortfall(Recovered recovered, DateTimeOffset? finished, DamagedWal? damaged) =>
        Claim?.Shortfall(recovered, finished, isDamaged: damaged is { IsEmpty: false });
}
