using System.Globalization;
using System.Text.Json;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Reads the groups out of a gateway's <c>/api/v1/metrics</c>, which lists every sample of everybody: what nobody looks for is passed over, and none
/// of it is kept. A group whose labels are not told (a metric named "labels" hides them) is left out.
/// </summary>
internal sealed class GroupListing(Stream stream, WantedMetric? wanted)
{
    /// <summary>The family that every push of ours carries.</summary>
    static ReadOnlySpan<byte> MarkOfOurs => "backup_metrics_build_info"u8;

    readonly JsonTokens _json = new(stream);

    /// <exception cref="JsonException">It is something else.</exception>
    public IReadOnlyList<GatewayGroup> Read()
    {
        var groups = new List<GatewayGroup>();
        var isThere = false;
        _json.Read();
        _json.Expect(JsonTokenType.StartObject);
        while (_json.Read() == JsonTokenType.PropertyName)
        {
            var isData = _json.Is("data"u8);
            _json.Read();
            if (!isData)
            {
                _json.Skip();
                continue;
            }

            isThere = true;
            _json.Expect(JsonTokenType.StartArray);
            while (_json.Read() == JsonTokenType.StartObject)
            {
                if (ReadGroup() is { } group) groups.Add(group);
            }
        }

        return isThere ? groups : throw new JsonException("it has no data in it");
    }

    GatewayGroup? ReadGroup()
    {
        var group = new GatewayGroup([]);
        List<GroupingLabel>? labels = null;
        while (_json.Read() == JsonTokenType.PropertyName)
        {
            if (_json.Is("labels"u8))
            {
                _json.Read();
                labels = ReadLabels();
            }
            else if (_json.Is("push_time_seconds"u8)) group = group with { PushTime = TimeOf(ReadFamily(null).First) };
            else if (_json.Is("push_failure_time_seconds"u8)) group = group with { PushFailureTime = TimeOf(ReadFamily(null).First) };
            else
            {
                group = group with { IsOurs = group.IsOurs || _json.Is(MarkOfOurs) };
                if (wanted is null || _json.Text() != wanted.Name)
                {
                    _json.Read();
                    _json.Skip();
                    continue;
                }

                var family = ReadFamily(wanted.Series);
                group = group with { TypeOfWanted = family.Type, HasWantedSeries = family.HasSeries };
            }
        }

        return labels is null ? null : group with { Labels = labels };
    }

    (string? Type, string? First, bool HasSeries) ReadFamily(IReadOnlyList<GroupingLabel>? series)
    {
        string? type = null;
        string? first = null;
        var hasSeries = false;
        _json.Read();
        _json.Expect(JsonTokenType.StartObject);
        while (_json.Read() == JsonTokenType.PropertyName)
        {
            var (isType, isMetrics) = (_json.Is("type"u8), _json.Is("metrics"u8));
            _json.Read();
            if (isType) type = _json.Text();
            else if (!isMetrics || _json.Type != JsonTokenType.StartArray) _json.Skip();
            else
            {
                while (_json.Read() == JsonTokenType.StartObject)
                {
                    var (labels, value) = ReadMetric();
                    first ??= value;
                    hasSeries |= series is not null && labels is not null && AreEqual(labels, series);
                }
            }
        }

        return (type, first, hasSeries);
    }

    (List<GroupingLabel>? Labels, string? Value) ReadMetric()
    {
        List<GroupingLabel>? labels = null;
        string? value = null;
        while (_json.Read() == JsonTokenType.PropertyName)
        {
            var (isLabels, isValue) = (_json.Is("labels"u8), _json.Is("value"u8));
            _json.Read();
            if (isLabels) labels = ReadLabels();
            else if (isValue && _json.Type == JsonTokenType.String) value = _json.Text();
            else _json.Skip();
        }

        return (labels, value);
    }

    /// <summary>Null where it is no object of texts.</summary>
    List<GroupingLabel>? ReadLabels()
    {
        var labels = new List<GroupingLabel>();
        var areTexts = _json.Type == JsonTokenType.StartObject;
        if (!areTexts) _json.Skip();
        while (areTexts && _json.Read() == JsonTokenType.PropertyName)
        {
            var name = _json.Text();
            if (_json.Read() == JsonTokenType.String) labels.Add(new(name, _json.Text()));
            else
            {
                _json.Skip();
                return ReadPast();
            }
        }

        return areTexts ? labels : null;
    }

    List<GroupingLabel>? ReadPast()
    {
        while (_json.Read() == JsonTokenType.PropertyName)
        {
            _json.Read();
            _json.Skip();
        }

        return null;
    }

    static bool AreEqual(List<GroupingLabel> some, IReadOnlyList<GroupingLabel> others)
    {
        if (some.Count != others.Count) return false;
        foreach (var label in others)
        {
            if (!some.Contains(label)) return false;
        }

        return true;
    }

    static DateTimeOffset? TimeOf(string? seconds) =>
        double.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is > 0 and < 253_402_300_000
            ? DateTimeOffset.UnixEpoch.AddSeconds(value)
            : null;
}
