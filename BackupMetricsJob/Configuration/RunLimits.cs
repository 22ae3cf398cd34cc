using System.Globalization;

namespace BackupMetricsJob.Configuration;

/// <summary>The numbers that a run may be given, and the ones it has where it is given none.</summary>
internal static class RunLimits
{
    public const int MaxConcurrency = 1000;
    public const int MaxShards = 1000;

    /// <summary>
    /// 8 a core, but 16 at least, since hosts far away cost time and no work, and 64 at most, since one server that holds many of the
    /// databases gains nothing beyond about 8 (docs/performance.md).
    /// </summary>
    public static int DefaultConcurrency(int cores) => Math.Clamp(8 * cores, 16, 64);

    /// <summary>A number that is known to be one.</summary>
    public static int ReadNumber(Setting setting) => int.Parse(setting.Value, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Null, and a problem, where it is none of them.</summary>
    public static int? ReadNumber(Setting setting, int min, int max, ICollection<Problem> problems)
    {
        if (int.TryParse(setting.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        problems.Add(setting.InvalidValue($"a whole number of {min} to {max}"));
        return null;
    }
}
