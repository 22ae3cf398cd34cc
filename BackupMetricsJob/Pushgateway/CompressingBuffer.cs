using System.IO.Compression;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Buffers a text and compresses it once it exceeds one mebibyte, so that the text of a large fleet never is in memory uncompressed.
/// </summary>
internal sealed class CompressingBuffer : MemoryStream
{
    const int MaxPlain = 1 << 20;

    readonly MemoryStream _compressed = new();
    GZipStream? _compressor;

    /// <summary>The length of the uncompressed text in bytes.</summary>
    public long TextLength { get; private set; }

    public bool IsCompressed => _compressor is not null;

    /// <summary>Finishes the buffer and returns its content.</summary>
    public ArraySegment<byte> Complete()
    {
        _compressor?.Dispose();
        var kept = IsCompressed ? _compressed : this;
        return new(kept.GetBuffer(), 0, (int)kept.Length);
    }

    // In a class derived from MemoryStream, every other overload of Write, and WriteAsync, calls this one:
    // https://github.com/dotnet/coreclr/pull/13976
    public override void Write(byte[] buffer, int offset, int count)
    {
        TextLength += count;
        if (_compressor is null && TextLength > MaxPlain)
            Compress();
        if (_compressor is null)
            base.Write(buffer, offset, count);
        else
            _compressor.Write(buffer, offset, count);
    }

    public override void WriteByte(byte value) => Write([value], 0, 1);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _compressor?.Dispose();
            _compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    void Compress()
    {
        _compressor = new GZipStream(_compressed, CompressionLevel.Fastest, leaveOpen: true);
        _compressor.Write(GetBuffer(), 0, (int)Length);
        SetLength(0);
        Capacity = 0;
    }
}
