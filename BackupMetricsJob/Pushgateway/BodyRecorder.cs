using System.IO.Compression;
using System.Text.Unicode;

namespace BackupMetricsJob.Pushgateway;

/// <summary>Keeps a text that is written to it piece by piece, compressed from a mebibyte on, and looks at it on the way.</summary>
internal sealed class BodyRecorder : Stream
{
    const int LongestPlain = 1 << 20;

    readonly MemoryStream _kept = new();
    readonly byte[] _begun = new byte[4];
    GZipStream? _compressor;
    int _begunLength;
    bool _startsWithMark;
    bool _hasNul;
    bool _isUtf8 = true;
    byte _last;

    /// <summary>The length of the text in bytes.</summary>
    public long TextLength { get; private set; }

    public bool IsCompressed => _compressor is not null;

    /// <summary>What is kept of it, once it is complete.</summary>
    public byte[] Kept { get; private set; } = [];

    /// <summary>Why no gateway could read the text, or null.</summary>
    public string? Fault => this switch
    {
        { TextLength: 0 } => "there is nothing to push",
        { _startsWithMark: true } => "the text to push begins with a byte order mark",
        { _last: not (byte)'\n' } => "the text to push does not end with a line feed",
        { _hasNul: true } => "the text to push has a NUL in it",
        { _isUtf8: false } => "the text to push is not UTF-8",
        _ => null,
    };

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Nothing more is written.</summary>
    public void Complete()
    {
        _compressor?.Dispose();
        Kept = _kept.ToArray();
        _isUtf8 &= _begunLength == 0;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.IsEmpty) return;
        if (TextLength == 0) _startsWithMark = buffer is [0xEF, 0xBB, 0xBF, ..];
        TextLength += buffer.Length;
        _last = buffer[^1];
        _hasNul |= buffer.Contains((byte)0);
        CheckUtf8(buffer);
        if (_compressor is null && TextLength > LongestPlain) Compress();
        if (_compressor is null) _kept.Write(buffer);
        else _compressor.Write(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
        // Nothing is held back that anybody could read before the end.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _compressor?.Dispose();
            _kept.Dispose();
        }

        base.Dispose(disposing);
    }

    void Compress()
    {
        var before = _kept.ToArray();
        _kept.SetLength(0);
        _kept.Capacity = 0;
        _compressor = new GZipStream(_kept, CompressionLevel.Fastest, leaveOpen: true);
        _compressor.Write(before);
    }

    // A character may be cut by the end of a piece: its beginning waits for the rest.
    void CheckUtf8(ReadOnlySpan<byte> piece)
    {
        while (_begunLength > 0 && !piece.IsEmpty)
        {
            _begun[_begunLength++] = piece[0];
            piece = piece[1..];
            if (_begunLength < LengthOf(_begun[0])) continue;
            _isUtf8 &= Utf8.IsValid(_begun.AsSpan(0, _begunLength));
            _begunLength = 0;
        }

        var cut = CutOff(piece);
        _isUtf8 &= Utf8.IsValid(piece[..^cut]);
        if (cut == 0) return;
        piece[^cut..].CopyTo(_begun);
        _begunLength = cut;
    }

    /// <summary>How many bytes at the end are the beginning of a character whose rest is still to come.</summary>
    static int CutOff(ReadOnlySpan<byte> text)
    {
        for (var i = 1; i <= Math.Min(3, text.Length); i++)
        {
            var b = text[^i];
            if ((b & 0xC0) == 0x80) continue;
            return LengthOf(b) > i ? i : 0;
        }

        return 0;
    }

    static int LengthOf(byte first) => first switch
    {
        >= 0xF0 => 4,
        >= 0xE0 => 3,
        >= 0xC0 => 2,
        _ => 1,
    };
}
