using System.Buffers.Binary;
using System.Net.Sockets;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Shipped;

/// <summary>
/// Stands between a client and PostgreSQL, without TLS, and counts what is said after the login: queries, and how often the client speaks
/// after the server has (the goodbye left out, which nobody answers).
/// </summary>
internal sealed class PostgresConversation
{
    const byte ReadyForQuery = (byte)'Z';
    const byte Execute = (byte)'E';
    const byte SimpleQuery = (byte)'Q';
    const byte Terminate = (byte)'X';

    readonly Lock _lock = new();
    bool _isIn;
    bool _serverSpokeLast;

    public int RoundTrips { get; private set; }

    public int Queries { get; private set; }

    public RelayStep Step =>
        async (client, connect, end) =>
        {
            using var server = await connect();
            await Task.WhenAll(
                PumpAsync(client, server, new(hasType: false), OfClient, end),
                PumpAsync(server, client, new(hasType: true), OfServer, end)
            );
        };

    void OfClient(byte type)
    {
        lock (_lock)
        {
            if (!_isIn || type == Terminate)
                return;
            if (type is Execute or SimpleQuery)
                Queries++;
            if (_serverSpokeLast)
                RoundTrips++;
            _serverSpokeLast = false;
        }
    }

    void OfServer(byte type)
    {
        lock (_lock)
        {
            _isIn |= type == ReadyForQuery;
            _serverSpokeLast = true;
        }
    }

    static async Task PumpAsync(Socket from, Socket to, Messages messages, Action<byte> seen, CancellationToken end)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, end) is > 0 and var read)
        {
            // Before they go on: the answer must not overtake the count.
            messages.Read(buffer.AsSpan(0, read), seen);
            await to.SendAsync(buffer.AsMemory(0, read), end);
        }

        to.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Finds where each message begins: a byte for its type, but not with a client's first, and four for its length.</summary>
    sealed class Messages(bool hasType)
    {
        readonly byte[] _head = new byte[5];
        bool _hasType = hasType;
        int _known = hasType ? 0 : 1;
        long _left;

        public void Read(ReadOnlySpan<byte> bytes, Action<byte> seen)
        {
            foreach (var b in bytes)
            {
                if (_left > 0)
                {
                    _left--;
                    continue;
                }

                _head[_known++] = b;
                if (_known < 5)
                    continue;
                _known = 0;
                _left = BinaryPrimitives.ReadInt32BigEndian(_head.AsSpan(1)) - 4;
                if (_hasType)
                    seen(_head[0]);
                _hasType = true;
            }
        }
    }
}
