namespace BackupMetricsJob.Backups;

/// <summary>
/// Turns the backups of one instance, added one by one, into facts per tool and type. Pure. Apart from the backups' names, its memory use
/// does not grow with their number.
/// </summary>
/// <param name="source">The source that reports the backups.</param>
/// <param name="now">The current time, by the clock that the backups' times come from.</param>
internal sealed class BackupFactsBuilder(string source, DateTimeOffset now)
{
    readonly Dictionary<(string Tool, BackupType Type), Group> _groups = [];

    /// <summary>The successful backups, each with the backup that it depends on; null if it depends on none.</summary>
    readonly Dictionary<(string Tool, string Storage, string Id), string?> _kept = [];

    readonly Dictionary<(string Tool, string Storage, string Id), bool> _judged = [];

    public void Add(ReportedBackup backup)
    {
        if (!_groups.TryGetValue((backup.Tool, backup.Type), out var group))
            _groups.Add((backup.Tool, backup.Type), group = new());
        switch (backup.State)
        {
            case BackupState.Failed:
                group.Failed++;
                group.LastFailure = new[] { group.LastFailure, backup.Finished ?? backup.Started }.Max();
                break;
            case BackupState.Running:
                group.Running++;
                if (backup.Started is { } since && !(group.RunningSince <= since))
                    group.RunningSince = since;
                break;
            default:
                if (backup.Id is { } id)
                    _kept[(backup.Tool, backup.Storage, id)] = backup.ParentId;
                group.AddDone(backup);
                break;
        }
    }

    public void AddTo(List<BackupFacts> facts)
    {
        foreach (var ((tool, type), group) in _groups)
            facts.Add(Facts(tool, type, group));
    }

    BackupFacts Facts(string tool, BackupType type, Group group)
    {
        var newest = group.Newest.Count > 0 ? group.Newest[0] : null;
        var age = now - newest?.Finished;
        return new(source, tool, type)
        {
            LastSuccess = newest?.Finished,
            Age = age < TimeSpan.Zero ? TimeSpan.Zero : age,
            LastDuration = newest?.Finished >= newest?.Started ? newest?.Finished - newest?.Started : null,
            LastSize = newest?.Size,
            LastStored = newest?.Stored,
            LastHasErrors = newest?.HasErrors,
            SizeRatio = SizeRatio.Compute(
                [.. group.Newest.Select(backup => backup.Size)],
                [.. group.Newest.Select(backup => backup.Stored)]
            ),
            Oldest = group.Oldest,
            LastFailure = group.LastFailure,
            Counts = new(group.Done, group.Failed, group.Running),
            Running = group.RunningSince is { } since ? new(since, group.Longest) : null,
            BrokenChains = group.Parents is { } parents ? Broken(tool, parents) : null,
            StartLsn = newest?.StartLsn,
            StartSegment = newest?.StartSegment,
            HasItsWal = newest?.HasItsWal,
        };
    }

    /// <summary>How many backups cannot be restored from any storage that has them.</summary>
    long Broken(string tool, List<(string? Backup, string Storage, string Id)> parents) =>
        parents
            .GroupBy(parent => parent.Backup)
            .Sum(backup =>
                backup.Key is null ? backup.LongCount(parent => IsBroken(tool, parent.Storage, parent.Id))
                : backup.All(parent => IsBroken(tool, parent.Storage, parent.Id)) ? 1
                : 0
            );

    /// <summary>
    /// Whether backups that depend on this one cannot be restored: this one, or a backup that it depends on, is gone, or the chain is a
    /// circle.
    /// </summary>
    bool IsBroken(string tool, string storage, string id)
    {
        var walked = new HashSet<(string, string, string)>();
        var isBroken = false;
        for (string? parent = id; parent is not null && !isBroken; )
        {
            var key = (tool, storage, parent);
            if (_judged.TryGetValue(key, out isBroken))
                break;
            isBroken = !walked.Add(key) || !_kept.TryGetValue(key, out parent);
        }

        foreach (var key in walked)
            _judged[key] = isBroken;
        return isBroken;
    }

    sealed class Group
    {
        /// <summary>The newest successful backups, newest first: as many as the size ratio needs.</summary>
        public List<ReportedBackup> Newest { get; } = [];

        public long Done { get; private set; }

        public long Failed { get; set; }

        public long Running { get; set; }

        public DateTimeOffset? Oldest { get; private set; }

        public TimeSpan? Longest { get; private set; }

        public DateTimeOffset? LastFailure { get; set; }

        public DateTimeOffset? RunningSince { get; set; }

        /// <summary>The backups that the backups of this group depend on, in each storage; null if none depends on another.</summary>
        public List<(string? Backup, string Storage, string Id)>? Parents { get; private set; }

        public void AddDone(ReportedBackup backup)
        {
            Done++;
            if (backup.ParentId is { } parent)
                (Parents ??= []).Add((backup.Id, backup.Storage, parent));
            if (backup.Finished is not { } finished)
                return;
            if (!(Oldest <= finished))
                Oldest = finished;
            if (finished - backup.Started is { } took && !(Longest >= took))
                Longest = took;
            var at = Newest.FindIndex(other => other.Finished < finished);
            if (at < 0 && Newest.Count == SizeRatio.Sizes)
                return;
            Newest.Insert(at < 0 ? Newest.Count : at, backup);
            if (Newest.Count > SizeRatio.Sizes)
                Newest.RemoveAt(SizeRatio.Sizes);
        }
    }
}
