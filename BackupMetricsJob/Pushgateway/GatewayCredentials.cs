using System.Net.Http.Headers;
using System.Text;

namespace BackupMetricsJob.Pushgateway;

/// <summary>What the header Authorization says. It prints as <c>***</c>.</summary>
internal sealed class GatewayCredentials
{
    readonly string[] _secrets;

    GatewayCredentials(string scheme, string value, params string[] secrets)
    {
        Header = new AuthenticationHeaderValue(scheme, value);
        _secrets = [value, .. secrets];
    }

    /// <summary>The header itself, with the secret in it.</summary>
    internal AuthenticationHeaderValue Header { get; }

    /// <summary>A user and a password, as RFC 7617 sends them in UTF-8. A user with a colon cannot be sent.</summary>
    public static GatewayCredentials Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")), password);

    /// <summary>A token as it stands (RFC 6750).</summary>
    public static GatewayCredentials Bearer(string token) => new("Bearer", token);

    /// <summary>What somebody else said, with <c>***</c> for the secrets in it: a proxy may repeat the request that it refuses.</summary>
    public string Hide(string words)
    {
        foreach (var secret in _secrets) words = words.Replace(secret, "***", StringComparison.Ordinal);
        return words;
    }

    public override string ToString() => "***";
}
