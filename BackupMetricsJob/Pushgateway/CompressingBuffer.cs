using System.IO.Compression;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Keeps a text that is written to it piece by piece, compressed from a mebibyte on: the tens of megabytes of ten thousand servers are
/// a few then, and at no time is more than a mebibyte of text in memory.
/// </summary>
internal sealed class CompressingBuffer : MemoryStream
{
    const int MaxPlain = 1 << 20;

    readonly MemoryStream _compressed = new();
    GZipStream? _compressor;

    /// <summary>The length of the text in bytes.</summary>
    public long TextLength { get; private set; }

    public bool IsCompressed => _compressor is not null;

    /// <summary>What is kept of it; nothing more is written then.</summary>
    public ArraySegment<byte> Complete()
    {
        _compressor?.Dispose();
        var kept = IsCompressed ? _compressed : this;
        return new(kept.GetBuffer(), 0, (int)kept.Length);
    }

    // By this one a MemoryStream that somebody derived from writes everything but single bytes, awaited or not.
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
