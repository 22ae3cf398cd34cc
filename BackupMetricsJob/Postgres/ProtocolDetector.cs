using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// Identifies a server that is not PostgreSQL, with one more connection after a failure. Npgsql's own message about an SSH or HTTP server
/// would make people look at certificates.
/// </summary>
internal static class ProtocolDetector
{
    const int MaxBytes = 200;

    static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);

    // Length and code of SSLRequest; a PostgreSQL server responds with S or N.
    static readonly byte[] SslRequest = [0, 0, 0, 8, 4, 210, 22, 47];

    /// <summary>Null if it may be a PostgreSQL server, or sends nothing.</summary>
    public static async Task<ProbeFailure?> DetectAsync(ConnectionHost host, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (host.IsSocket)
            return null;
        var said = new byte[MaxBytes];
        var length = 0;
        using var end = new CancellationTokenSource(Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host.Reachable, host.Port, either.Token);
            var stream = client.GetStream();
            await stream.WriteAsync(SslRequest, either.Token);
            while (length < said.Length && await stream.ReadAsync(said.AsMemory(length), either.Token) is > 0 and var read)
                length += read;
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Use what arrived until then.
        }

        return OfAnswer(said.AsSpan(0, length)) is { } words
            ? new(FailureReason.Network, $"the server is not PostgreSQL: it says \"{words}\"")
            {
                Advice = "Check host and port: another service listens there.",
            }
            : null;
    }

    static string? OfAnswer(ReadOnlySpan<byte> said)
    {
        if (said.Length < 2 || IsMessage(said))
            return null;
        var line = said.IndexOfAny("\r\n"u8);
        var words = PlainText.OnOneLine(Encoding.ASCII.GetString(line > 0 ? said[..line] : said), 80);
        return words.Length > 1 ? words : null;
    }

    // A proxy may respond at once with an error, a notice or an authentication request: a letter and a length.
    static bool IsMessage(ReadOnlySpan<byte> said) =>
        said.Length > 4
        && said[0] is (byte)'E' or (byte)'N' or (byte)'R'
        && BinaryPrimitives.ReadInt32BigEndian(said[1..]) is >= 4 and < 30_000;
}
