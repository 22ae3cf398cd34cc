namespace BackupMetricsJob.Reporting;

/// <summary>Standard output could not be written: a full disk or a closed stream, and no bug.</summary>
internal sealed class OutputException(Exception inner) : Exception("standard output cannot be written: " + inner.Message, inner);

/// <summary>
/// Standard output, whose failure is told apart from every other; or standard error, where what cannot be written is lost and the exit
/// code still tells the truth about the work. It is opened by what is first written.
/// </summary>
internal sealed class StandardStream(Func<Stream> open, bool bestEffort) : Stream
{
    Stream? _stream;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
        // Nothing is held back: each write goes out at once.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            (_stream ??= open()).Write(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!bestEffort)
                throw new OutputException(e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _stream?.Dispose();
        base.Dispose(disposing);
    }
}
