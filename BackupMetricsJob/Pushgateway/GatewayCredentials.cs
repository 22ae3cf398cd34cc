using System.Net.Http.Headers;
using System.Text;

namespace BackupMetricsJob.Pushgateway;

/// <summary>What the header Authorization says. It prints as <c>***</c>.</summary>
internal sealed class GatewayCredentials
{
    GatewayCredentials(string scheme, string value) => Header = new AuthenticationHeaderValue(scheme, value);

    /// <summary>The header itself, with the secret in it.</summary>
    internal AuthenticationHeaderValue Header { get; }

    /// <summary>A user and a password, as RFC 7617 sends them in UTF-8. A user with a colon cannot be sent.</summary>
    public static GatewayCredentials Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    /// <summary>A token as it stands (RFC 6750).</summary>
    public static GatewayCredentials Bearer(string token) => new("Bearer", token);

    public override string ToString() => "***";
}
