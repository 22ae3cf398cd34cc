namespace BackupMetricsJob.Backups;

/// <summary>How the size of the newest backup compares with the median of the ten before it. Fewer than three make no median.</summary>
internal static class SizeRatio
{
    /// <summary>How many sizes are worth reading: the newest, and those it is compared with.</summary>
    public const int Sizes = 11;

    const int Fewest = 3;

    /// <param name="newestFirst">Sizes in bytes of one kind of backup; null where one is unknown.</param>
    public static double? Compute(IReadOnlyList<long?> newestFirst)
    {
        if (newestFirst is not [{ } newest, ..])
            return null;
        Span<long> before = stackalloc long[Sizes];
        var count = 0;
        for (var i = 1; i < newestFirst.Count && i < Sizes; i++)
        {
            if (newestFirst[i] is { } size)
                before[count++] = size;
        }

        if (count < Fewest)
            return null;
        before[..count].Sort();
        var middle = count / 2;
        var median = count % 2 == 1 ? before[middle] : (before[middle - 1] + (double)before[middle]) / 2;
        return median > 0 ? newest / median : null;
    }

    /// <summary>By the sizes of what was backed up, or, where the newest has none (a dump), by what is stored.</summary>
    public static double? Compute(IReadOnlyList<long?> sizes, IReadOnlyList<long?> stored) =>
        Compute(sizes is [not null, ..] ? sizes : stored);
}
