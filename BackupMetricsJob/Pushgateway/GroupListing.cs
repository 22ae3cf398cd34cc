using System.Globalization;
using System.Text.Json;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Reads the groups out of a gateway's <c>/api/v1/metrics</c>, which lists every sample of everybody: what nobody looks for is passed over, and none
/// of it is kept. A group whose labels are not told (a metric named "labels" hides them) is left out.
/// </summary>
internal sealed class GroupListing
{
    readonly JsonTokens _json;
    readonly WantedMetric? _wanted;

    GroupListing(JsonTokens json, WantedMetric? wanted) => (_json, _wanted) = (json, wanted);

    /// <summary>The family that every push of ours carries.</summary>
    static ReadOnlySpan<byte> MarkOfOurs => "backup_metrics_build_info"u8;

    /// <exception cref="JsonException">It is something else.</exception>
    public static ValueTask<IReadOnlyList<GatewayGroup>> ReadAsync(
        Stream stream, WantedMetric? wanted, CancellationToken cancellationToken) =>
        new GroupListing(new JsonTokens(stream, cancellationToken), wanted).ReadAsync();

    async ValueTask<IReadOnlyList<GatewayGroup>> ReadAsync()
    {
        List<GatewayGroup>? groups = null;
        await _json.ReadAsync();
        _json.Expect(JsonTokenType.StartObject);
        while (await _json.ReadNameAsync())
        {
            if (!_json.Is("data"u8))
            {
                await _json.SkipAsync();
                continue;
            }

            groups ??= [];
            await _json.ReadAsync();
            _json.Expect(JsonTokenType.StartArray);
            while (await _json.ReadAsync() == JsonTokenType.StartObject)
            {
                if (await ReadGroupAsync() is { } group) groups.Add(group);
            }
        }

        return groups ?? throw new JsonException("it has no data in it");
    }

    async ValueTask<GatewayGroup?> ReadGroupAsync()
    {
        var group = new GatewayGroup([]);
        List<GroupingLabel>? labels = null;
        while (await _json.ReadNameAsync())
        {
            if (_json.Is("labels"u8)) labels = await ReadLabelsAsync();
            else if (_json.Is("push_time_seconds"u8)) group = group with { PushTime = await ReadTimeAsync() };
            else if (_json.Is("push_failure_time_seconds"u8)) group = group with { PushFailureTime = await ReadTimeAsync() };
            else
            {
                if (_json.Is(MarkOfOurs)) group = group with { IsOurs = true };
                if (_wanted is null || _json.Text() != _wanted.Name)
                {
                    await _json.SkipAsync();
                    continue;
                }

                var (type, _, hasSeries) = await ReadFamilyAsync(_wanted.Series);
                group = group with { TypeOfWanted = type, HasWantedSeries = hasSeries };
            }
        }

        return labels is null ? null : group with { Labels = labels };
    }

    async ValueTask<DateTimeOffset?> ReadTimeAsync()
    {
        var seconds = (await ReadFamilyAsync(null)).First;
        if (!double.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) return null;
        return value is > 0 and < 253_402_300_000 ? DateTimeOffset.UnixEpoch.AddSeconds(value) : null;
    }

    async ValueTask<(string? Type, string? First, bool HasSeries)> ReadFamilyAsync(IReadOnlyList<GroupingLabel>? series)
    {
        string? type = null;
        string? first = null;
        var hasSeries = false;
        await _json.ReadAsync();
        _json.Expect(JsonTokenType.StartObject);
        while (await _json.ReadNameAsync())
        {
            var (isType, isMetrics) = (_json.Is("type"u8), _json.Is("metrics"u8));
            await _json.ReadAsync();
            if (isType) type = _json.Text();
            else if (!isMetrics || _json.Type != JsonTokenType.StartArray) await _json.SkipAsync();
            else
            {
                while (await _json.ReadAsync() == JsonTokenType.StartObject)
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
        while (await _json.ReadNameAsync())
        {
            if (_json.Is("labels"u8)) labels = await ReadLabelsAsync();
            else if (_json.Is("value"u8) && await _json.ReadAsync() == JsonTokenType.String) value = _json.Text();
            else await _json.SkipAsync();
        }

        return (labels, value);
    }

    /// <summary>Null where it is no object of texts.</summary>
    async ValueTask<List<GroupingLabel>?> ReadLabelsAsync()
    {
        var labels = new List<GroupingLabel>();
        var areTexts = await _json.ReadAsync() == JsonTokenType.StartObject;
        if (!areTexts) await _json.SkipAsync();
        while (areTexts && await _json.ReadNameAsync())
        {
            var name = _json.Text();
            if (await _json.ReadAsync() == JsonTokenType.String) labels.Add(new(name, _json.Text()));
            else
            {
                areTexts = false;
                await _json.SkipAsync();
                while (await _json.ReadNameAsync()) await _json.SkipAsync();
            }
        }

        return areTexts ? labels : null;
    }
}
