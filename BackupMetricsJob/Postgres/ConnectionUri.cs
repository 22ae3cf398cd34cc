using System.Net;
using System.Text;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// Parses <c>postgresql://user:password@host:port,host:port/dbname?key=value</c> as libpq does, with one stricter rule: only one "@" is
/// allowed, before the hosts. Any other is nearly always part of a password, which would otherwise be taken for a host, port or database
/// and printed. Problems never repeat the text.
/// </summary>
internal static class ConnectionUri
{
    internal static bool IsUri(string text) => PrefixLength(text) > 0;

    static int PrefixLength(string text) =>
        text.StartsWith("postgresql://", StringComparison.Ordinal) ? 13
        : text.StartsWith("postgres://", StringComparison.Ordinal) ? 11
        : 0;

    /// <returns>False if the URI cannot be split into its parts.</returns>
    internal static bool TryRead(string text, KeywordList keywords, ICollection<string> problems)
    {
        var rest = text.AsSpan(PrefixLength(text));
        var userEnd = rest.IndexOf('@');
        var stop = rest.IndexOf('/');
        if (userEnd >= 0 && (rest[(userEnd + 1)..].Contains('@') || (stop >= 0 && stop < userEnd)))
        {
            problems.Add(
                "the connection URI has a misplaced \"@\" or \"/\": in a user, password, "
                    + "database or parameter write %40 for @ and %2F for /"
            );
            return false;
        }
        var fine = true;
        if (userEnd >= 0)
        {
            var user = rest[..userEnd];
            var colon = user.IndexOf(':');
            if (colon >= 0)
                fine &= Add("password", user[(colon + 1)..], keywords, problems);
            fine &= Add("user", colon >= 0 ? user[..colon] : user, keywords, problems);
            rest = rest[(userEnd + 1)..];
        }
        if (!TryReadHosts(ref rest, keywords, problems))
            return false;
        var query = rest.IndexOf('?');
        if (rest.StartsWith("/"))
            fine &= Add("dbname", rest[1..(query < 0 ? rest.Length : query)], keywords, problems);
        return (query < 0 || TryReadParameters(rest[(query + 1)..], keywords, problems)) && fine;
    }

    /// <summary>Reads the lists of hosts and ports and leaves the rest ("/" or "?" and on) in <paramref name="rest"/>.</summary>
    static bool TryReadHosts(ref ReadOnlySpan<char> rest, KeywordList keywords, ICollection<string> problems)
    {
        StringBuilder hosts = new(),
            ports = new();
        while (true)
        {
            if (rest.StartsWith("["))
            {
                var close = rest.IndexOf(']');
                if (close <= 1)
                {
                    problems.Add(
                        close < 0 ? "the connection URI has a \"[\" without a \"]\"" : "the connection URI has an empty IPv6 address, []"
                    );
                    return false;
                }
                hosts.Append(rest[1..close]);
                rest = rest[(close + 1)..];
                if (rest.Length > 0 && rest[0] is not (':' or '/' or '?' or ','))
                {
                    problems.Add("in the connection URI only \":\", \",\", \"/\" or \"?\" may follow the \"]\" of an IPv6 address");
                    return false;
                }
            }
            else
            {
                hosts.Append(Take(ref rest, ":/?,"));
            }
            if (rest.StartsWith(":"))
            {
                rest = rest[1..];
                ports.Append(Take(ref rest, "/?,"));
            }
            if (!rest.StartsWith(","))
                break;
            rest = rest[1..];
            hosts.Append(',');
            ports.Append(',');
        }
        return Add("host", hosts.ToString(), keywords, problems) & Add("port", ports.ToString(), keywords, problems);
    }

    static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> rest, ReadOnlySpan<char> stops)
    {
        var end = rest.IndexOfAny(stops);
        var taken = end < 0 ? rest : rest[..end];
        rest = rest[taken.Length..];
        return taken;
    }

    static bool TryReadParameters(ReadOnlySpan<char> query, KeywordList keywords, ICollection<string> problems)
    {
        var fine = true;
        var afterSecret = false; // what follows an unencoded "&" in a password looks like a keyword
        while (query.Length > 0)
        {
            var parameter = Take(ref query, "&");
            query = query.Length > 0 ? query[1..] : query;
            var equals = parameter.IndexOf('=');
            if (equals < 0 || parameter[(equals + 1)..].Contains('='))
            {
                problems.Add(
                    "a parameter after the \"?\" of the connection URI is not keyword=value (write %3D for = and %26 for & in a value)"
                );
                fine = false;
            }
            else if (Decode(parameter[..equals], problems) is { } keyword && Decode(parameter[(equals + 1)..], problems) is { } value)
            {
                if (keyword == "ssl" && value == "true") // JDBC's parameter, which libpq accepts in exactly this spelling
                    (keyword, value) = ("sslmode", "require");
                if (keywords.Add(keyword, value, mayName: !afterSecret))
                    afterSecret = LibpqKeyword.IsSecret(keyword);
            }
            else
            {
                fine = false;
            }
            afterSecret |= !fine;
        }
        return fine;
    }

    static bool Add(string keyword, ReadOnlySpan<char> encoded, KeywordList keywords, ICollection<string> problems)
    {
        if (encoded.Length == 0)
            return true;
        if (Decode(encoded, problems) is not { } value)
            return false;
        keywords.Add(keyword, value);
        return true;
    }

    static string? Decode(ReadOnlySpan<char> encoded, ICollection<string> problems)
    {
        var text = encoded.ToString();
        for (var percent = text.IndexOf('%', StringComparison.Ordinal); percent >= 0; percent = text.IndexOf('%', percent + 1))
        {
            if (percent + 2 >= text.Length || !char.IsAsciiHexDigit(text[percent + 1]) || !char.IsAsciiHexDigit(text[percent + 2]))
            {
                problems.Add("a \"%\" in the connection URI is not followed by two hexadecimal digits (write %25 for % itself)");
                return null;
            }
            if (text.AsSpan(percent + 1, 2) is "00")
            {
                problems.Add("the connection URI contains %00 (NUL), which is not allowed in any value");
                return null;
            }
        }
        return WebUtility.UrlDecode(text.Replace("+", "%2B", StringComparison.Ordinal)); // UrlDecode reads "+" as a space
    }
}
