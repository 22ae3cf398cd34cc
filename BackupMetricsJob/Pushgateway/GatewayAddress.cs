namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Where a Pushgateway is: an absolute http or https URL with a host, perhaps a path prefix; no user info, no query. It prints as it was
/// meant, without <c>/metrics</c>, and holds no secret.
/// </summary>
internal sealed class GatewayAddress
{
    const string Metrics = "/metrics";

    readonly string _prefix;

    GatewayAddress(string prefix) => _prefix = prefix;

    public string MetricsUrl => _prefix + Metrics;

    public Uri GroupUrl(GroupingKey key) => new(MetricsUrl + key.ToPath());

    /// <summary>The address, or null and one more problem. A <c>/metrics</c> or a slash at the end is tolerated.</summary>
    public static GatewayAddress? TryParse(string text, ICollection<string> problems)
    {
        text = text.Trim();
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
            return Refuse("must be a URL like http://gateway:9091");
        if (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            return Refuse("must begin with http:// or https://, like http://gateway:9091");
        if (url.Host.Length == 0 || url.Port == 0)
            return Refuse("must name a host and a port other than 0, like http://gateway:9091");
        if (url.UserInfo.Length > 0)
            return Refuse("must not contain a user or a password: others can read them there; credentials belong into files");
        if (url.Query.Length > 0 || url.Fragment.Length > 0 || text.AsSpan().ContainsAny('?', '#'))
            return Refuse("must not have a query or a fragment");

        var path = url.AbsolutePath.TrimEnd('/');
        if (
            (path + '/').Contains(Metrics + "/job/", StringComparison.Ordinal) || path.Contains(Metrics + "/job@", StringComparison.Ordinal)
        )
            return Refuse("must be the gateway's address alone: job and grouping labels are set by themselves");
        if (path.EndsWith(Metrics, StringComparison.Ordinal))
            path = path[..^Metrics.Length].TrimEnd('/');
        return new GatewayAddress(url.GetLeftPart(UriPartial.Authority) + path);

        GatewayAddress? Refuse(string what)
        {
            problems.Add($"gateway \"{Redacted(text)}\": {what}");
            return null;
        }
    }

    public override string ToString() => _prefix;

    /// <summary>Also of text that is no URL: everything up to the last @ but the scheme, and everything from the first ? or #.</summary>
    static string Redacted(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var from = scheme < 0 ? 0 : scheme + 3;
        var at = text.LastIndexOf('@');
        if (at >= from)
            text = string.Concat(text.AsSpan(0, from), "***", text.AsSpan(at));
        var query = text.AsSpan().IndexOfAny('?', '#');
        return PlainText.OnOneLine(query < 0 ? text : string.Concat(text.AsSpan(0, query + 1), "***"));
    }
}
