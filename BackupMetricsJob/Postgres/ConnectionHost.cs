using System.Net;

namespace BackupMetricsJob.Postgres;

/// <summary>A server to try: its name or socket directory, the address to use instead of resolving the name, and its password.</summary>
internal sealed record ConnectionHost(string Name, string? Address, int Port, Secret? Password)
{
    /// <summary>The password file that has no password for it, for messages; null if none was asked.</summary>
    internal string? SearchedPasswordFile { get; init; }

    /// <summary>A Unix socket; libpq never uses TLS on it.</summary>
    internal bool IsSocket => Address is null && Name.StartsWith('/');

    /// <summary>Whether the server is certainly on this machine: a Unix socket, localhost or a loopback address.</summary>
    internal bool IsLocal =>
        IsSocket
        || (
            IPAddress.TryParse(Address ?? Name, out var address)
                ? IPAddress.IsLoopback(Reached(address))
                : Name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>The address to connect to. As on Linux, the unspecified address means the loopback address.</summary>
    internal string Reachable => IPAddress.TryParse(Address ?? Name, out var address) ? Reached(address).ToString() : Address ?? Name;

    /// <summary>Host and port as in a URI: <c>db1:5432</c>, <c>[::1]:5432</c>, <c>%2Frun%2Fpostgresql:5432</c>.</summary>
    internal string UriText
    {
        get
        {
            var host = Name.Length > 0 ? Name : Address ?? "";
            return $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : Uri.EscapeDataString(host))}:{Port}";
        }
    }

    static IPAddress Reached(IPAddress address) =>
        address.Equals(IPAddress.Any) ? IPAddress.Loopback
        : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
        : address;

    /// <summary>For messages: <c>db1:5432</c>, or <c>/run/postgresql:5432</c>.</summary>
    public override string ToString() => IsSocket ? $"{Name}:{Port}" : UriText;
}
