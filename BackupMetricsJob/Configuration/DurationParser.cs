using System.Globalization;

namespace BackupMetricsJob.Configuration;

/// <summary>
/// Parses durations in Prometheus' format: 26h, 1h30m, 500ms, 7d. The units are y, w, d, h, m, s and ms, in this order, each at most once.
/// </summary>
/// <remarks>https://prometheus.io/docs/prometheus/latest/configuration/configuration/#duration: a year has 365 days.</remarks>
internal static class DurationParser
{
    public const string Allowed = "a duration " + Examples;
    public const string AllowedPositive = "a duration longer than zero, " + Examples;

    const string Examples = "like 30s, 5m, 26h or 1h30m (units y, w, d, h, m, s, ms; 100y at most)";

    static readonly (string Unit, long Milliseconds)[] Units =
    [
        ("y", 31_536_000_000),
        ("w", 604_800_000),
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1000),
        ("ms", 1),
    ];

    /// <summary>The duration as a user could type it: 90s, 10m.</summary>
    public static string Format(TimeSpan duration) =>
        duration > TimeSpan.FromMinutes(1) && duration.Ticks % TimeSpan.TicksPerMinute == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMinutes}m")
            : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds}s");

    /// <summary>Null if there is no setting, or, with a problem, if it is not a duration.</summary>
    public static TimeSpan? Read(Setting? setting, ICollection<Problem> problems, bool mayBeZero = false)
    {
        if (setting is null)
            return null;
        if (TryParse(setting.Value, out var duration) && (mayBeZero || duration > TimeSpan.Zero))
            return duration;
        problems.Add(setting.InvalidValue(mayBeZero ? Allowed : AllowedPositive));
        return null;
    }

    /// <summary>False also for an empty text and for more than a hundred years.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan().Trim();
        var allowed = 0;
        var total = 0L;
        if (rest.IsEmpty)
            return false;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits is < 1 or > 15)
                return false;
            var number = long.Parse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
            rest = rest[digits..];
            var unit = rest.IndexOfAnyInRange('0', '9') is var end && end < 0 ? rest : rest[..end];
            while (allowed < Units.Length && !unit.SequenceEqual(Units[allowed].Unit))
                allowed++;
            if (allowed == Units.Length || number > Units[0].Milliseconds * 100 / Units[allowed].Milliseconds)
                return false;
            total += number * Units[allowed++].Milliseconds;
            rest = rest[unit.Length..];
        }

        duration = TimeSpan.FromMilliseconds(total);
        return total <= Units[0].Milliseconds * 100;
    }
}
