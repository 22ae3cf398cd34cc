using System.Buffers;
using System.Globalization;
using System.Net;

namespace BackupMetricsJob.Postgres;

/// <summary>libpq's parallel lists host, hostaddr and port; the passwords are added later.</summary>
internal static class HostList
{
    /// <summary>The default socket directory of Debian's libpq, the only one that a password file calls "localhost".</summary>
    internal const string SocketDirectory = "/var/run/postgresql";

    const int DefaultPort = 5432;

    static readonly SearchValues<char> NeverInHost = SearchValues.Create(";=&?@/\"'\\<>");

    internal static IReadOnlyList<ConnectionHost> Read(LibpqValues values)
    {
        var names = Split(values["host"]);
        var addresses = Split(values["hostaddr"]);
        var ports = Split(values["port"]);
        var count = Math.Max(Math.Max(names.Length, addresses.Length), 1);
        if (names.Length > 0 && addresses.Length > 0 && names.Length != addresses.Length)
            values.Refuse(
                "hostaddr",
                $"{addresses.Length} address{(addresses.Length == 1 ? "" : "es")} for {names.Length} "
                    + $"host{(names.Length == 1 ? "" : "s")}: give one for each host (an empty one resolves the host's name)"
            );
        if (ports.Length > 1 && ports.Length != count)
            values.Refuse(
                "port",
                $"{ports.Length} ports for {count} host{(count == 1 ? "" : "s")}: give one for each host, or one for all"
            );

        var hosts = new List<ConnectionHost>(count);
        for (var i = 0; i < count; i++)
        {
            var name = i < names.Length ? names[i] : "";
            var address = i < addresses.Length && addresses[i].Length > 0 ? addresses[i] : null;
            if (name.Length == 0 && address is null)
                name = DefaultHost();
            if (name.StartsWith('@') && address is null)
                values.Refuse("host", "abstract Unix sockets are not supported: give the directory of the socket");
            else if (!MayBeHost(name))
                values.Refuse(
                    "host",
                    "the value is not a host (a name, an IP address, or the directory of a socket): " + Redaction.Expected
                );
            if (address is not null && !IPAddress.TryParse(address, out _))
                values.Refuse("hostaddr", "the value is not an IP address");
            hosts.Add(
                new(
                    name,
                    address,
                    Port(
                        ports.Length == 1 ? ports[0]
                            : i < ports.Length ? ports[i]
                            : "",
                        values
                    ),
                    Password: null
                )
            );
        }
        return hosts;
    }

    /// <summary>
    /// A directory may have any name. After the colon of a host name comes a port; anything else may be a user's password.
    /// </summary>
    static bool MayBeHost(string name)
    {
        if (name.StartsWith('/') || IPAddress.TryParse(name, out _))
            return true;
        var colon = name.LastIndexOf(':');
        return !name.AsSpan().ContainsAny(NeverInHost)
            && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
            && (colon < 0 || name.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0);
    }

    static string[] Split(string? list) => string.IsNullOrEmpty(list) ? [] : list.Split(',');

    static string DefaultHost() => Directory.Exists(SocketDirectory) ? SocketDirectory : "localhost";

    static int Port(string text, LibpqValues values)
    {
        if (text.Length == 0)
            return DefaultPort;
        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535)
            return port;
        values.Refuse(
            "port",
            text.All(char.IsAsciiDigit)
                ? $"\"{text}\" is not a port: 1 to 65535"
                : "the value is not a port, 1 to 65535 (not shown: in a URI without \"@\" it may be a password: "
                    + "postgresql://user:password@host)"
        );
        return DefaultPort;
    }
}
