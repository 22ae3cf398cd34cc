using System.Globalization;
using System.Text.Json;

namespace BackupMetricsJob.Pushgateway.Api;

/// <summary>The status of a gateway. Prints as one line for people.</summary>
/// <param name="Flags">The command-line flags with their values, by name without dashes.</param>
/// <param name="Started">Null if unknown.</param>
/// <param name="IsReady">Whether its push queue has room.</param>
/// <param name="ClockSkew">Its clock minus ours, in whole seconds; null if unknown.</param>
internal sealed record GatewayStatus(
    string Version,
    IReadOnlyDictionary<string, string> Flags,
    DateTimeOffset? Started,
    bool IsReady,
    TimeSpan? ClockSkew
)
{
    /// <summary>Whether it checks each push against all its data.</summary>
    public bool ChecksPushes => Flags.GetValueOrDefault("push.disable-consistency-check") != "true";

    /// <exception cref="JsonException">The data has another shape.</exception>
    public static GatewayStatus Read(JsonElement data, TimeSpan? skew)
    {
        if (
            data.ValueKind != JsonValueKind.Object
            || !data.TryGetProperty("build_information", out var build)
            || build.ValueKind != JsonValueKind.Object
        )
            throw new JsonException("\"build_information\" is missing");
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        if (data.TryGetProperty("flags", out var said) && said.ValueKind == JsonValueKind.Object)
        {
            foreach (var flag in said.EnumerateObject())
                flags[flag.Name] = flag.Value.ToString();
        }

        var started =
            data.TryGetProperty("start_time", out var start)
            && DateTimeOffset.TryParse(start.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                ? time
                : (DateTimeOffset?)null;
        return new(build.TryGetProperty("version", out var version) ? version.ToString() : "", flags, started, IsReady: true, skew);
    }

    public override string ToString() =>
        PlainText.OnOneLine(
            $"Pushgateway {(Version.Length > 0 ? Version : "of an unknown version")}, "
                + $"{(IsReady ? "ready" : "not ready: its push queue is full")}"
                + $"{(ChecksPushes ? "" : ", which does not check pushes")}"
        );
}
