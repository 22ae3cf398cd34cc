namespace BackupMetricsJob.Backups;

/// <summary>
/// The ratio of the newest backup's size to the median of the ten before it. With fewer than three sizes before it, there is no median.
/// </summary>
internal static class SizeRatio
{
    /// <summary>How many sizes to read: the newest, and the ten that it is compared with.</summary>
    public const int Sizes = 11;

    const int Fewest = 3;

    /// <param name="newestFirst">The sizes in bytes of one kind of backup; null for an unknown size.</param>
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

    /// <summary>Compares the sizes of the data, or, if the newest backup has none (a dump), the stored sizes.</summary>
    public static double? Compute(IReadOnlyList<long?> sizes, IReadOnlyList<long?> stored) =>
        Compute(sizes is [not null, ..] ? sizes : stored);
}
