using BackupMetricsJob.Files;

namespace BackupMetricsJob.Reporting;

/// <summary>Standard output could not be written, because of a full disk or a closed stream. Not a bug.</summary>
internal sealed class OutputException(Exception inner)
    : Exception("standard output cannot be written: " + inner.Message.Split(" (Parameter")[0], inner);

/// <summary>
/// Standard output, which throws an exception of its own if it cannot be written; or standard error, where such failures are ignored, so
/// that the exit code still describes the work. The first write opens it.
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
        // Writes are not buffered.
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
        catch (Exception e) when (AtomicFile.IsFault(e))
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
