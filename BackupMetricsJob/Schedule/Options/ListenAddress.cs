using System.Globalization;
using System.Net;

namespace BackupMetricsJob.Schedule.Options;

/// <summary>The address of the HTTP server.</summary>
/// <param name="Address">Null for every address of this host.</param>
/// <param name="Port">0 for a port chosen by the system.</param>
internal sealed record ListenAddress(IPAddress? Address, int Port)
{
    public const string Allowed =
        "an address of this host and a port, like 127.0.0.1:9351, [::1]:9351, localhost:9351, or :9351 for every address";

    /// <summary>Null if it is invalid. Names are not resolved, except localhost, which means 127.0.0.1.</summary>
    public static ListenAddress? TryParse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (
            colon < 0
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port > IPEndPoint.MaxPort
        )
            return null;
        var host = text[..colon];
        if (host.Length == 0)
            return new(null, port);
        if (host == "localhost")
            return new(IPAddress.Loopback, port);
        var isBracketed = host is ['[', .., ']'];
        // The parser accepts "127.1" and "2130706433", which are probably mistakes.
        if (
            !IPAddress.TryParse(isBracketed ? host[1..^1] : host, out var address)
            || isBracketed != host.Contains(':', StringComparison.Ordinal)
        )
            return null;
        return isBracketed || address.ToString() == host ? new(address, port) : null;
    }

    public override string ToString() => Address is null ? $":{Port}" : new IPEndPoint(Address, Port).ToString();
}
