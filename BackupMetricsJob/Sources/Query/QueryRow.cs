using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Query;

/// <summary>One row of the user's query: a backup, or a description of what is wrong with the row.</summary>
internal sealed class QueryRow(QueryColumns columns, NpgsqlDataReader reader)
{
    /// <summary>The server that the backup belongs to; null if the row does not tell.</summary>
    public string? Server { get; private set; }

    /// <returns>What is wrong, with the column's name; null if nothing is.</returns>
    public string? Read(SourceClock clock, out ReportedBackup? backup)
    {
        backup = null;
        try
        {
            Server = columns.Text(reader, "server");
            if (Server is "")
                return "server is empty";
            if (columns.Text(reader, "type") is not { } typeName)
                return "type is null";
            if (BackupTypeNames.Parse(typeName) is not { } type)
                return $"type \"{typeName}\" must be base, full, diff, incr, logical, wal or restore_test";
            var stateName = columns.Text(reader, "state") ?? "done";
            if (State(stateName) is not { } state)
                return $"state \"{stateName}\" must be done, failed or running";
            var wal = columns.Text(reader, "wal");
            if (wal is not null && BackupFacts.HasWal(wal) is null)
                return $"wal \"{wal}\" must be none, fetch or stream";
            var tool = columns.Text(reader, "tool") is { Length: > 0 } given ? given : "unknown";
            backup = new(tool, type, state)
            {
                Finished = Finished(clock),
                Started = Started(clock),
                Size = Bytes("size_bytes"),
                Stored = Bytes("stored_bytes"),
                Id = columns.Text(reader, "backup_id"),
                HasItsWal = BackupFacts.HasWal(wal),
            };
            return Missing(backup);
        }
        catch (BadDataException wrong)
        {
            return wrong.Message;
        }
    }

    static string? Missing(ReportedBackup backup) =>
        backup switch
        {
            { State: BackupState.Done, Finished: null } => "finished_at (or age_seconds) is null, and the backup is done",
            { State: BackupState.Failed, Finished: null, Started: null } =>
                "finished_at (or age_seconds) and started_at are null, and the backup failed",
            { Finished: { } finished, Started: { } started } when finished < started =>
                $"finished_at {Humanize.Time(finished)} is before started_at {Humanize.Time(started)}",
            _ => null,
        };

    static BackupState? State(string name) =>
        name switch
        {
            "done" => BackupState.Done,
            "failed" => BackupState.Failed,
            "running" => BackupState.Running,
            _ => null,
        };

    DateTimeOffset? Finished(SourceClock clock)
    {
        if (columns.Time(reader, "finished_at") is { } finished)
            return Past("finished_at", finished, clock);
        return columns.Number(reader, "age_seconds") switch
        {
            null => null,
            < 0 and var age => throw new BadDataException($"age_seconds is negative: {age}"),
            { } age when !clock.CanBeOld(age) => throw new BadDataException($"age_seconds is from before 1970: {age}"),
            { } age => clock.Now - TimeSpan.FromSeconds(age),
        };
    }

    DateTimeOffset? Started(SourceClock clock) =>
        columns.Time(reader, "started_at") is { } started ? Past("started_at", started, clock) : null;

    static DateTimeOffset Past(string column, DateTimeOffset time, SourceClock clock) =>
        clock.IsFuture(time) ? throw new BadDataException($"{column} is {clock.Future(time)}") : time;

    long? Bytes(string column) =>
        columns.Number(reader, column) switch
        {
            null => null,
            < 0 and var bytes => throw new BadDataException($"{column} is negative: {bytes}"),
            >= long.MaxValue and var bytes => throw new BadDataException($"{column} is too large: {bytes}"),
            { } bytes => (long)bytes,
        };
}
