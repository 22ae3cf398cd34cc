using System.Globalization;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Where a Pushgateway is: an absolute http or https URL with a host, perhaps a path prefix; no user info, no query. It prints as it was meant,
/// without <c>/metrics</c>, and holds no secret.
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
        if (IsPlain(text)) return new GatewayAddress(text);
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
        if ((path + '/').Contains(Metrics + "/job/", StringComparison.Ordinal) || path.Contains(Metrics + "/job@", StringComparison.Ordinal))
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

    /// <summary>
    /// Whether it is http://NAME:PORT in which there is nothing to interpret: small letters, digits, dots and hyphens, no port that goes without saying.
    /// It is all that <see cref="Uri"/> would say, whose first use costs the start of a process some milliseconds.
    /// </summary>
    internal static bool IsPlain(string text)
    {
        const string scheme = "http://";
        if (!text.StartsWith(scheme, StringComparison.Ordinal)) return false;
        var host = text.AsSpan(scheme.Length);
        var colon = host.IndexOf(':');
        if (colon >= 0)
        {
            if (host[(colon + 1)..] is not { Length: > 0 and <= 5 } port || port[0] is < '1' or > '9') return false;
            if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 80) return false;
            host = host[..colon];
        }

        return IsPlainName(host) || IsDottedQuad(host);
    }

    /// <summary>Of labels that begin with a letter and end with a letter or a digit; none that is the spelling of another name (xn--).</summary>
    static bool IsPlainName(ReadOnlySpan<char> host)
    {
        if (host.Length is 0 or > 200) return false;
        var length = 0;
        var before = '.';
        foreach (var c in host)
        {
            var isOfAWord = c is (>= 'a' and <= 'z') || (length > 0 && c is (>= '0' and <= '9'));
            var isBetween = c is '.' or '-' && before is not ('.' or '-');
            if (!isOfAWord && !isBetween) return false;
            length = c == '.' ? 0 : length + 1;
            if (length > 63) return false;
            before = c;
        }

        return before is not ('.' or '-');
    }

    static bool IsDottedQuad(ReadOnlySpan<char> host)
    {
        var (parts, value, digits) = (1, 0, 0);
        foreach (var c in host)
        {
            if (c == '.')
            {
                if (digits == 0) return false;
                (parts, value, digits) = (parts + 1, 0, 0);
            }
            else
            {
                // A zero before another digit would be octal.
                if (c is < '0' or > '9' || (digits > 0 && value == 0)) return false;
                (value, digits) = ((value * 10) + (c - '0'), digits + 1);
                if (value > 255) return false;
            }
        }

        return parts == 4 && digits > 0;
    }

    /// <summary>Also of text that is no URL: everything up to the last @ but the scheme, and everything from the first ? or #.</summary>
    static string Redacted(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var from = scheme < 0 ? 0 : scheme + 3;
        var at = text.LastIndexOf('@');
        if (at >= from)
            text = string.Concat(text.AsSpan(0, from), "***", text.AsSpan(at));
        var query = text.AsSpan().IndexOfAny('?', '#');
        return Words.OnOneLine(query < 0 ? text : string.Concat(text.AsSpan(0, query + 1), "***"));
    }
}
