using System.CommandLine;
using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>backup-metrics record: records one backup or restore test, as reported by the script that ran it.</summary>
internal sealed class RecordCommand
{
    readonly Option<string> _server = Required("--server", "NAME", "Server that the backup belongs to; becomes the label instance");
    readonly Option<string> _tool = Required("--tool", "NAME", "Tool that made it: pg_dump, pg_basebackup, wal-g, ...");
    readonly Option<string> _type = Required("--type", "TYPE", string.Join(", ", CatalogRecord.Types));
    readonly Option<int> _exitCode = new("--from-exit-code")
    {
        HelpName = "N",
        Description = "Exit code of the tool: 0 means done, anything else failed",
        Required = true,
    };
    readonly Option<string> _database = Optional("--database", "NAME", "Database of a logical backup");
    readonly Option<string> _id = Optional(
        "--id",
        "ID",
        "Name of the backup; recording the same name again updates it (made from database and time)"
    );
    readonly Option<string> _storage = Optional("--storage", "NAME", "Where it is stored, if there are several places (default)");
    readonly Option<string> _restored = Optional("--restored", "ID", "Backup that a restore test restored");
    readonly Option<string> _sizeOf = Optional(
        "--size-of",
        "FILE",
        "File or directory that was written; its size is recorded as the stored size"
    );
    readonly Option<long?> _size = new("--size") { HelpName = "BYTES", Description = "Uncompressed size of what was backed up" };
    readonly Option<string> _started = Optional("--started", "TIME", "When it started: " + TimeParser.Allowed);
    readonly Option<string> _finished = Optional("--finished", "TIME", "When it finished (now)");
    readonly Option<string> _wal = Optional(
        "--wal",
        "METHOD",
        "Whether a base backup has the WAL that it needs: pg_basebackup's -X, none, fetch or stream (what --size-of shows, else unknown)"
    );
    readonly Option<string> _error = Optional("--error", "TEXT", "Why it failed");

    public static Command Create(ProcessContext context)
    {
        var command = new DocumentedCommand("record", "Record one backup or restore test that a script ran, whether it succeeded or failed")
        {
            Examples =
            [
                new(
                    "at the end of a script that dumps",
                    """
                    pg_dump -Fc -f orders.dump orders
                    backup-metrics record --server db1 --tool pg_dump --type logical \
                      --database orders --from-exit-code $? --size-of orders.dump \
                      --connection postgresql://backup_writer@db1/backups
                    """
                ),
                new(
                    "a restore test",
                    """
                    backup-metrics record --server db1 --tool pgbackrest --type restore_test \
                      --from-exit-code 0 --connection service=catalogue
                    """
                ),
            ],
        };
        var own = new RecordCommand();
        Option[] options =
        [
            own._server,
            own._tool,
            own._type,
            own._exitCode,
            own._database,
            own._id,
            own._storage,
            own._restored,
            own._sizeOf,
            own._size,
            own._started,
            own._finished,
            own._wal,
            own._error,
        ];
        own._type.AcceptOnlyFromAmong([.. CatalogRecord.Types]);
        own._wal.AcceptOnlyFromAmong([.. IncludedWal.Methods]);
        foreach (var option in options)
            command.Options.Add(option);
        var flags = new CatalogFlags(command, TimeSpan.FromSeconds(30));
        command.SetAction(
            async (parsed, _) =>
            {
                var problems = new List<Problem>();
                var access = flags.Read(parsed, context, problems);
                var recorded = own.Read(parsed, context.Time.GetUtcNow(), problems, out var refused);
                if (access is null || problems.Count > 0)
                    return CatalogFlags.Report(problems, context);
                if (refused is not null)
                    return CatalogFlags.Report(refused, "record", context, null);

                var signals = context.Signals;
                ListingItem.Note? noted = null;
                var failure = await WriteAsync();
                if (failure is { IsUnusable: true } unusable)
                {
                    (failure, var note) = await CatalogCreation.RunAsync(access.Connection, unusable, access.Timeout, signals.Stop);
                    if (note is not null && !access.Quiet)
                        await context.Error.WriteLineAsync(PlainText.OnOneLine(note));
                    failure ??= await WriteAsync();
                }

                if (failure is not null)
                    return CatalogFlags.Report(failure, "record", context, signals.Received);
                if (noted is not null)
                    await context.Error.WriteLineAsync("warning: " + PlainText.OnOneLine(ImportReport.Words(noted), 2000));
                if (access.Quiet)
                    return (int)ExitCode.Success;
                var how = recorded.Status == BackupStatus.Done ? "done" : "failed";
                await context.Error.WriteLineAsync(
                    PlainText.OnOneLine(
                        $"recorded {recorded.Type.Name()} \"{recorded.BackupId}\" of \"{recorded.Server}\" ({recorded.Tool}): {how}"
                    )
                );
                return (int)ExitCode.Success;

                Task<CatalogFailure?> WriteAsync() =>
                    CatalogRecord.WriteAsync(recorded, access.Connection, access.Timeout, signals.Stop, note => noted = note);
            }
        );
        return command;
    }

    CatalogRow Read(ParseResult parsed, DateTimeOffset now, List<Problem> problems, out CatalogFailure? refused)
    {
        var finished = ReadTime(_finished, parsed, now, problems);
        var started = ReadTime(_started, parsed, now, problems);
        if (finished < started)
            problems.Add(
                new(ProblemOrigin.Flag, $"--started \"{parsed.GetValue(_started)}\": must not be later than the end, {finished:u}")
            );
        var succeeded = parsed.GetRequiredValue(_exitCode) == 0;
        var (kind, database) = (parsed.GetRequiredValue(_type), parsed.GetValue(_database));
        if (parsed.GetValue(_restored) is not null && kind != "restore_test")
            problems.Add(new(ProblemOrigin.Flag, "--restored: allowed only with --type restore_test"));
        if (parsed.GetValue(_size) < 0)
            problems.Add(new(ProblemOrigin.Flag, $"--size {parsed.GetValue(_size)}: must not be negative"));
        var wal = parsed.GetValue(_wal);
        var type = BackupTypeNames.Parse(kind)!.Value;
        if (wal is not null && !type.IsPhysical())
            problems.Add(new(ProblemOrigin.Flag, $"--wal: allowed only with a base backup, not with --type {kind}"));
        var recorded = new CatalogRow(
            parsed.GetRequiredValue(_server),
            parsed.GetRequiredValue(_tool),
            type,
            parsed.GetValue(_id) ?? CreateId(kind, database, started ?? finished ?? now),
            succeeded ? BackupStatus.Done : BackupStatus.Failed
        )
        {
            Finished = finished ?? now,
            Storage = parsed.GetValue(_storage) ?? CatalogRow.DefaultStorage,
            Started = started,
            SizeBytes = parsed.GetValue(_size),
            StoredBytes = SizeOf(parsed.GetValue(_sizeOf), succeeded, out refused),
            Raw = IncludedWal.Write(wal ?? (succeeded && type.IsPhysical() ? IncludedWal.Find(parsed.GetValue(_sizeOf)) : null)),
            ParentId = parsed.GetValue(_restored),
            Database = database,
            Error = succeeded
                ? null
                : RowProblem.Storable(
                    parsed.GetValue(_error) ?? string.Create(CultureInfo.InvariantCulture, $"exit code {parsed.GetValue(_exitCode)}")
                ),
        };
        if (RowProblem.OfKey(recorded.Server, recorded.Tool, recorded.Storage, recorded.BackupId) is { } wrong)
            problems.Add(new(ProblemOrigin.Flag, PlainText.OnOneLine(wrong)));
        return recorded;
    }

    /// <summary>An ID made from the backup's times, so that recording a backup twice gives the same ID.</summary>
    static string CreateId(string kind, string? database, DateTimeOffset time)
    {
        var id = time.UtcDateTime.ToString(
            time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyyMMdd'T'HHmmss'Z'" : "yyyyMMdd'T'HHmmss.ffffff'Z'",
            CultureInfo.InvariantCulture
        );
        return (kind == "restore_test" ? "restore_test-" : "") + (database is null ? "" : database + "-") + id;
    }

    static DateTimeOffset? ReadTime(Option<string> option, ParseResult parsed, DateTimeOffset now, List<Problem> problems)
    {
        if (parsed.GetValue(option) is not { } text)
            return option.Name == "--finished" ? now : null;
        if (!TimeParser.TryParse(text, out var time))
            problems.Add(CatalogFlags.InvalidValue(option.Name, text, TimeParser.Allowed));
        else if (time - now > ClockTolerance.Max)
            problems.Add(CatalogFlags.InvalidValue(option.Name, text, $"not in the future: it is {now:u} now"));
        else
            return time;
        return null;
    }

    /// <summary>A failed dump may leave no file. A successful one must have left one.</summary>
    static long? SizeOf(string? path, bool mustExist, out CatalogFailure? refused)
    {
        refused = null;
        if (path is null)
            return null;
        try
        {
            var sum = Directory.Exists(path) ? 0 : new FileInfo(path).Length;
            if (Directory.Exists(path))
            {
                foreach (var file in new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories))
                    sum += file.Length;
            }

            if (sum == 0 && mustExist)
                refused = CatalogFailure.Input($"--size-of {path}: is empty, so there is no backup");
            return sum;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            if (mustExist)
                refused = CatalogFailure.Input($"--size-of {path}: {e.Message}");
            return null;
        }
    }

    static Option<string> Required(string name, string value, string help) =>
        new(name)
        {
            HelpName = value,
            Description = help,
            Required = true,
        };

    static Option<string> Optional(string name, string value, string help) => new(name) { HelpName = value, Description = help };
}
