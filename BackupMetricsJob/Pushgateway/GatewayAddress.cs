namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// The address of a Pushgateway: an absolute http or https URL with a host and an optional path prefix, without user info or query. Prints
/// without <c>/metrics</c> and contains no secret.
/// </summary>
internal sealed class GatewayAddress
{
    const string Metrics = "/metrics";

    readonly string _prefix;

    GatewayAddress(string prefix) => _prefix = prefix;

    public string MetricsUrl => _prefix + Metrics;

    public Uri GroupUrl(GroupingKey key) => new(MetricsUrl + key.ToPath());

    /// <summary>The address, or null and one more problem. Ignores a trailing slash or <c>/metrics</c>.</summary>
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
            return Refuse("must not contain a user or a password, which others could read: put credentials into files");
        if (url.Query.Length > 0 || url.Fragment.Length > 0 || text.AsSpan().ContainsAny('?', '#'))
            return Refuse("must not have a query or a fragment");

        var path = url.AbsolutePath.TrimEnd('/');
        if (
            (path + '/').Contains(Metrics + "/job/", StringComparison.Ordinal) || path.Contains(Metrics + "/job@", StringComparison.Ordinal)
        )
            return Refuse("must be only the gateway's address: the job and the grouping labels are added automatically");
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

    /// <summary>
    /// Redacts text that need not be a URL: everything up to the last @ except the scheme, and everything from the first ? or #.
    /// </summary>
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
