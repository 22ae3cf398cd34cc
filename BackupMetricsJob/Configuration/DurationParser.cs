using System.Globalization;

namespace BackupMetricsJob.Configuration;

/// <summary>
/// Durations as Prometheus writes them: 26h, 1h30m, 500ms, 7d; the units y, w, d, h, m, s, ms in this order, each at most once.
/// </summary>
/// <remarks>https://prometheus.io/docs/prometheus/latest/configuration/configuration/#duration: a year has 365 days.</remarks>
internal static class DurationParser
{
    public const string Allowed = "a duration like 30s, 5m, 26h or 1h30m (units y, w, d, h, m, s, ms)";

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

    /// <summary>Null for no setting; a problem, too, for one that is none.</summary>
    public static TimeSpan? Read(Setting? setting, ICollection<Problem> problems, bool mayBeZero = false)
    {
        if (setting is null)
            return null;
        if (TryParse(setting.Value, out var duration) && (mayBeZero || duration > TimeSpan.Zero))
            return duration;
        problems.Add(setting.InvalidValue((mayBeZero ? "" : "longer than zero, ") + Allowed));
        return null;
    }

    /// <summary>False for everything else, for nothing, and for more than a hundred years.</summary>
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
