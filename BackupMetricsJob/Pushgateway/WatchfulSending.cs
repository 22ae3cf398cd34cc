using System.Net.Sockets;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Sends a long body piece by piece, and stops with an <see cref="IOException"/> as soon as the other side has something to say: it has decided
/// already, and whoever sends on to somebody who hears no more is reset and never learns why.
/// </summary>
internal sealed class WatchfulSending(Socket socket, Stream to) : Stream
{
    const int Piece = 64 * 1024;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        for (; !buffer.IsEmpty; buffer = buffer[Math.Min(Piece, buffer.Length)..])
        {
            if (socket.Poll(TimeSpan.Zero, SelectMode.SelectRead)) throw new IOException("It answered before it had read the request.");
            to.Write(buffer[..Math.Min(Piece, buffer.Length)]);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => to.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
