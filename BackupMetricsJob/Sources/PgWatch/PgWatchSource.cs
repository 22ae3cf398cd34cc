using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.PgWatch;

/// <summary>
/// The source "pgwatch": its functions get_backup_age_pgbackrest() and get_backup_age_walg(), each returning (retcode, backup_age_seconds,
/// message). An error is reported as an age of 1000000, which is never taken for an age. For wal-g, the age is that of the first listed
/// backup: the oldest with current wal-g, the newest with an old version. So it is a safe bound for the recovery window, and not a last
/// success.
/// </summary>
internal static class PgWatchSource
{
    const int AgeOfAnError = 1_000_000;
    const string ByHand = "Call the function by hand: it runs the tool on the database's host, as the server's user.";

    public static async Task<ProbeFailure?> ReadAsync(
        SourceTransaction transaction,
        ServerCapabilities capabilities,
        SourceClock clock,
        string self,
        List<InstanceFacts> found,
        CancellationToken cancellationToken
    )
    {
        var commands = new List<NpgsqlBatchCommand>(2);
        foreach (var function in (string?[])[capabilities.PgBackRestAge, capabilities.WalgAge])
        {
            if (function is not null)
                commands.Add(
                    new($"SELECT retcode::bigint AS retcode, backup_age_seconds::bigint AS age, message::text AS message FROM {function}()")
                );
        }

        if (commands.Count == 0)
            return Failed(
                "there is neither a function get_backup_age_pgbackrest() nor one get_backup_age_walg() in this database",
                "Install pgwatch's helper function in this database."
            );

        var facts = new InstanceFacts(SourceName.PgWatch, self);
        found.Add(facts);
        await using var batch = transaction.Batch([.. commands]);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        ProbeFailure? failure = null;
        if (capabilities.PgBackRestAge is { } pgBackRest)
        {
            (var age, failure) = await AgeAsync(reader, pgBackRest, clock, cancellationToken);
            if (age is { } known)
                facts.Backups.Add(new(SourceName.PgWatch, "pgbackrest", BackupType.Base) { LastSuccess = clock.Now - known, Age = known });
            await reader.NextResultAsync(cancellationToken);
        }

        if (capabilities.WalgAge is { } walg)
        {
            var (age, wrong) = await AgeAsync(reader, walg, clock, cancellationToken);
            if (age is { } known)
                facts.Backups.Add(new(SourceName.PgWatch, "wal-g", BackupType.Base) { Oldest = clock.Now - known });
            failure ??= wrong;
        }

        return failure;
    }

    static async Task<(TimeSpan? Age, ProbeFailure? Failure)> AgeAsync(
        NpgsqlDataReader reader,
        string function,
        SourceClock clock,
        CancellationToken cancellationToken
    )
    {
        if (!await reader.ReadAsync(cancellationToken))
            return (null, Failed($"{function}() returned no row", ByHand));
        var said = reader.TextOrNull("message") is { } text ? PlainText.OnOneLine(text) : "no message";
        var wrong = (reader.LongOrNull("retcode"), reader.LongOrNull("age")) switch
        {
            (not 0, _) => $"says: {said} (retcode {reader.LongOrNull("retcode")?.ToString(CultureInfo.InvariantCulture) ?? "null"})",
            (_, null) => $"gave no age: {said}",
            (_, AgeOfAnError) => $"gave the age {AgeOfAnError}, which is its word for an error: {said}",
            (_, < 0 and var age) => $"gave the negative age {age}",
            (_, { } age) when !clock.CanBeOld(age) => $"gave an age from before 1970: {age}",
            _ => null,
        };
        return wrong is null ? (TimeSpan.FromSeconds(reader.Long("age")), null) : (null, Failed($"{function}() {wrong}", ByHand));
    }

    static ProbeFailure Failed(string why, string what) => new(FailureReason.BadData, "source pgwatch: " + why) { Advice = what };
}
