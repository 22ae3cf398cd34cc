using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// An idle server rests where a segment ends. There the file that was written last is the one before: since PostgreSQL 17 pg_walfile_name()
/// names the next, which is not there yet, or is an old file renamed for later.
/// </summary>
public sealed class SegmentBoundaryTests
{
    const int Segment = 16 << 20;

    static readonly TimeSpan Slack = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(13, false)]
    [InlineData(13, true)]
    [InlineData(15, false)]
    [InlineData(15, true)]
    [InlineData(17, false)]
    [InlineData(17, true)]
    [InlineData(18, false)]
    [InlineData(18, true)]
    public async Task With_a_dead_archiver_all_since_the_last_archived_segment_is_lost(int version, bool nextIsThere)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await server.BaseBackupAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        server.BreakArchiver();
        await server.ExecuteAsync("CREATE TABLE work AS SELECT generate_series(1, 1000)");

        var result = await AtBoundaryAsync(server, nextIsThere);

        Assert.InRange(result.LossWindow ?? TimeSpan.MinValue, TimeSpan.FromHours(2) - Slack, TimeSpan.FromHours(2) + Slack);
        Assert.Equal(
            await Probe.LsnAsync(server) - Probe.StartOf(Probe.ReadySegments(server)[0].Name, 16),
            result.Server!.Wal!.UnarchivedBytes
        );
    }

    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(18)]
    public async Task With_a_good_archiver_nothing_is_lost(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await server.BaseBackupAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());

        var result = await AtBoundaryAsync(server, nextIsThere: true, isArchived: true);

        Assert.Equal((TimeSpan.Zero, 0), (result.LossWindow, result.Server!.Wal!.UnarchivedBytes));
        Assert.Equal(ArchiverState.Ok, ArchiverStates.Classify(result.Server));
    }

    /// <summary>The server itself may write at any time: only a probe with the same resting place before and after it counts.</summary>
    static async Task<ProbeResult> AtBoundaryAsync(PostgresServer server, bool nextIsThere, bool isArchived = false)
    {
        ProbeResult? result = null;
        await server.WaitForAsync(
            "a probe of a server that rests at a boundary",
            async () =>
            {
                await server.ExecuteAsync("SELECT pg_switch_wal()");
                var before = await Probe.LsnAsync(server);
                if (before % Segment != 0)
                    return false;
                if (isArchived)
                    await server.WaitForArchivedAsync(Name(before - Segment));
                PlaceNext(server, before, nextIsThere);
                foreach (var file in Probe.Status(server, ".done"))
                    file.LastWriteTimeUtc = DateTime.UtcNow.AddHours(-2);
                result = await Probe.OfAsync(server);
                return before == await Probe.LsnAsync(server);
            }
        );
        return result!;
    }

    // As a checkpoint leaves it: an old segment under the name of the next one, with its old time.
    static void PlaceNext(PostgresServer server, long position, bool isThere)
    {
        var folder = Path.Combine(server.DataDirectory, "pg_wal");
        var next = Path.Combine(folder, Name(position));
        if (!isThere)
        {
            File.Delete(next);
            return;
        }

        if (!File.Exists(next))
        {
            File.Copy(Path.Combine(folder, Name(position - Segment)), next);
            PostgresTemplate.GiveToServerUser(next);
        }

        File.SetLastWriteTimeUtc(next, DateTime.UtcNow.AddHours(-30));
    }

    // The segment that begins there.
    static string Name(long position) => $"{1:X8}{position >> 32:X8}{(position & uint.MaxValue) / Segment:X8}";
}
