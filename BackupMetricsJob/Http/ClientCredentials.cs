using System.Net.Http.Headers;
using System.Text;

namespace BackupMetricsJob.Http;

/// <summary>The value of the Authorization header. Prints as <c>***</c>.</summary>
internal sealed class ClientCredentials
{
    readonly string[] _secrets;

    ClientCredentials(string scheme, string value, params string[] secrets)
    {
        Header = new AuthenticationHeaderValue(scheme, value);
        _secrets = [value, .. secrets];
    }

    /// <summary>The header, including the secret.</summary>
    internal AuthenticationHeaderValue Header { get; }

    /// <summary>User and password in UTF-8 (RFC 7617). The user cannot contain a colon.</summary>
    public static ClientCredentials Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")), password);

    /// <summary>A bearer token, sent unchanged (RFC 6750).</summary>
    public static ClientCredentials Bearer(string token) => new("Bearer", token);

    /// <summary>Replaces the secrets in a server's message by <c>***</c>: a proxy may echo the request that it refuses.</summary>
    public string Redact(string words)
    {
        foreach (var secret in _secrets)
            words = words.Replace(secret, "***", StringComparison.Ordinal);
        return words;
    }

    /// <summary>The end of a sentence about a refusal: what the status says about the credentials. Empty if it says nothing.</summary>
    public static string RefusalHint(int? status, bool given) =>
        (status, given) switch
        {
            (401, false) => ": it requires credentials, and none are configured",
            (401, true) => ": it rejected the configured credentials",
            (403, false) => ": it may require credentials, and none are configured",
            (403, true) => ": the configured credentials do not permit this",
            _ => "",
        };

    public override string ToString() => "***";
}
