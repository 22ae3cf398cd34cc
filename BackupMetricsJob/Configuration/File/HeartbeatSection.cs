using BackupMetricsJob.Http;

namespace BackupMetricsJob.Configuration.File;

/// <summary>Reads heartbeat: the URL, or where it is kept, and those for the start and for a failure if they differ.</summary>
internal static class HeartbeatSection
{
    public static HeartbeatSettings? Read(MappingReader root)
    {
        if (root.Map("heartbeat", Keys.Heartbeat) is not { } fields)
            return null;
        var key = fields.AtMostOneOf("url", "url_file", "url_env");
        if (key is null)
            fields.Require("url", "set it, or url_file, or url_env");
        var (start, fail) = (Url(fields, "start"), Url(fields, "fail"));
        if (key == "url" && fields["url"] is { } node && !IsUrl(node))
        {
            fields.Problems.Add(node.Location, $"{fields.Path["url"]}: must be {HeartbeatReader.Allowed}");
            return null;
        }

        return key is not null && fields.Secret(key) is { } url ? new(url, start, fail) : null;
    }

    static Setting? Url(MappingReader fields, string key)
    {
        if (fields[key] is not { } node)
            return null;
        if (IsUrl(node) || node is YamlScalar { Text: HeartbeatReader.None })
            return fields.Setting(key, "");
        fields.Problems.Add(node.Location, $"{fields.Path[key]}: must be {HeartbeatReader.None}, or {HeartbeatReader.Allowed}");
        return null;
    }

    static bool IsUrl(YamlNode node) => node is YamlScalar { IsNull: false } scalar && Heartbeat.TryParse(scalar.Text) is not null;
}
