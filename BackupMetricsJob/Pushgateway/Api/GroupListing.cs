using System.Globalization;
using System.Text.Json;

namespace BackupMetricsJob.Pushgateway.Api;

/// <summary>
/// Reads the groups from a gateway's <c>/api/v1/metrics</c>, which lists every sample. Skips everything else without keeping it, and skips
/// a group whose labels are hidden (by a metric named "labels").
/// </summary>
internal sealed class GroupListing(JsonTokenReader json, MetricQuery? wanted)
{
    /// <summary>Every push of ours has this metric.</summary>
    static ReadOnlySpan<byte> MarkOfOurs => "backup_metrics_build_info"u8;

    /// <exception cref="JsonException">The data has another shape.</exception>
    public static ValueTask<IReadOnlyList<GatewayGroup>> ReadAsync(
        Stream stream,
        MetricQuery? wanted,
        CancellationToken cancellationToken
    ) => new GroupListing(new JsonTokenReader(stream, cancellationToken), wanted).ReadAsync();

    async ValueTask<IReadOnlyList<GatewayGroup>> ReadAsync()
    {
        List<GatewayGroup>? groups = null;
        await json.ReadAsync();
        json.Expect(JsonTokenType.StartObject);
        while (await json.ReadNameAsync())
        {
            if (!json.Is("data"u8))
            {
                await json.SkipAsync();
                continue;
            }

            groups ??= [];
            await json.ReadAsync();
            json.Expect(JsonTokenType.StartArray);
            while (await json.ReadAsync() == JsonTokenType.StartObject)
            {
                if (await ReadGroupAsync() is { } group)
                    groups.Add(group);
            }
        }

        return groups ?? throw new JsonException("\"data\" is missing");
    }

    async ValueTask<GatewayGroup?> ReadGroupAsync()
    {
        var group = new GatewayGroup([]);
        List<GroupingLabel>? labels = null;
        while (await json.ReadNameAsync())
        {
            if (json.Is("labels"u8))
                labels = await ReadLabelsAsync();
            else if (json.Is("push_time_seconds"u8))
                group = group with { PushTime = await ReadTimeAsync() };
            else if (json.Is("push_failure_time_seconds"u8))
                group = group with { PushFailureTime = await ReadTimeAsync() };
            else
            {
                if (json.Is(MarkOfOurs))
                    group = group with { IsOurs = true };
                if (wanted is null || json.Text() != wanted.Name)
                {
                    await json.SkipAsync();
                    continue;
                }

                var (type, _, hasSeries) = await ReadFamilyAsync(wanted.Series);
                group = group with { MatchingType = type, HasMatchingSeries = hasSeries };
            }
        }

        return labels is null ? null : group with { Labels = labels };
    }

    async ValueTask<DateTimeOffset?> ReadTimeAsync()
    {
        var seconds = (await ReadFamilyAsync(null)).First;
        if (!double.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            return null;
        return value is > 0 and < 253_402_300_000 ? DateTimeOffset.UnixEpoch.AddSeconds(value) : null;
    }

    async ValueTask<(string? Type, string? First, bool HasSeries)> ReadFamilyAsync(IReadOnlyList<GroupingLabel>? series)
    {
        string? type = null;
        string? first = null;
        var hasSeries = false;
        await json.ReadAsync();
        json.Expect(JsonTokenType.StartObject);
        while (await json.ReadNameAsync())
        {
            var (isType, isMetrics) = (json.Is("type"u8), json.Is("metrics"u8));
            await json.ReadAsync();
            if (isType)
                type = json.Text();
            else if (!isMetrics || json.Type != JsonTokenType.StartArray)
                await json.SkipAsync();
            else
            {
                while (await json.ReadAsync() == JsonTokenType.StartObject)
                {
                    var (labels, value) = await ReadMetricAsync();
                    first ??= value;
                    hasSeries |= series is not null && labels?.Count == series.Count && series.All(labels.Contains);
                }
            }
        }

        return (type, first, hasSeries);
    }

    async ValueTask<(List<GroupingLabel>? Labels, string? Value)> ReadMetricAsync()
    {
        List<GroupingLabel>? labels = null;
        string? value = null;
        while (await json.ReadNameAsync())
        {
            if (json.Is("labels"u8))
                labels = await ReadLabelsAsync();
            else if (json.Is("value"u8) && await json.ReadAsync() == JsonTokenType.String)
                value = json.Text();
            else
                await json.SkipAsync();
        }

        return (labels, value);
    }

    /// <summary>Null if it is not an object of strings.</summary>
    async ValueTask<List<GroupingLabel>?> ReadLabelsAsync()
    {
        var labels = new List<GroupingLabel>();
        var areTexts = await json.ReadAsync() == JsonTokenType.StartObject;
        if (!areTexts)
            await json.SkipAsync();
        while (areTexts && await json.ReadNameAsync())
        {
            var name = json.Text();
            if (await json.ReadAsync() == JsonTokenType.String)
                labels.Add(new(name, json.Text()));
            else
            {
                areTexts = false;
                await json.SkipAsync();
                while (await json.ReadNameAsync())
                    await json.SkipAsync();
            }
        }

        return areTexts ? labels : null;
    }
}
