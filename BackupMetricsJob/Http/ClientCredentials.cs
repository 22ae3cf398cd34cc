using System.Net.Http.Headers;
using System.Text;

namespace BackupMetricsJob.Http;

/// <summary>What the header Authorization says. It prints as <c>***</c>.</summary>
internal sealed class ClientCredentials
{
    readonly string[] _secrets;

    ClientCredentials(string scheme, string value, params string[] secrets)
    {
        Header = new AuthenticationHeaderValue(scheme, value);
        _secrets = [value, .. secrets];
    }

    /// <summary>The header itself, with the secret in it.</summary>
    internal AuthenticationHeaderValue Header { get; }

    /// <summary>A user and a password, as RFC 7617 sends them in UTF-8. A user with a colon cannot be sent.</summary>
    public static ClientCredentials Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")), password);

    /// <summary>A token as it stands (RFC 6750).</summary>
    public static ClientCredentials Bearer(string token) => new("Bearer", token);

    /// <summary>What somebody else said, with <c>***</c> for the secrets in it: a proxy may repeat the request that it refuses.</summary>
    public string Redact(string words)
    {
        foreach (var secret in _secrets)
            words = words.Replace(secret, "***", StringComparison.Ordinal);
        return words;
    }

    /// <summary>What a status says about who we are: nothing, or the rest of "refused".</summary>
    public static string RefusalHint(int? status, bool given) =>
        (status, given) switch
        {
            (401, false) => ", it wants credentials and none were given",
            (401, true) => ", it does not accept the credentials that were given",
            (403, false) => ", it may want credentials and none were given",
            (403, true) => ", the credentials that were given do not allow it",
            _ => "",
        };

    public override string ToString() => "***";
}
