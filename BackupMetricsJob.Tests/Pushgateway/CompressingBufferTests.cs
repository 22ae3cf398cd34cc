using System.IO.Compression;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>However a text is split, exactly that text is sent, and a long one is kept compressed.</summary>
public sealed class CompressingBufferTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(1 << 20, false)]
    [InlineData((1 << 20) + 1, true)]
    [InlineData(5_000_000, true)]
    public async Task A_long_text_is_kept_small_and_sent_whole(int length, bool compressed)
    {
        var text = new byte[length];
        for (var i = 0; i < length; i++)
            text[i] = (byte)('a' + (i * 7 % 26));
        using var content = new ByteArrayContent(text);
        var body = await ExpositionBody.ReadAsync(content, CancellationToken.None);
        using var sent = new MemoryStream();

        using (var attempt = body.ToContent(asText: true))
        {
            Assert.Equal(length, attempt.Headers.ContentLength);
            await attempt.CopyToAsync(sent);
        }

        Assert.Equal((length, compressed), (body.TextLength, body.IsCompressed));
        Assert.True(sent.ToArray().AsSpan().SequenceEqual(text));
    }

#pragma warning disable CA1835, CA1849 // Every way is the point.
    [Theory]
    [InlineData(100_000, 7)]
    [InlineData(3_000_000, 10_000)]
    [InlineData(3_000_000, 2_000_000)]
    public async Task Every_way_of_writing_it_is_the_same(int length, int piece)
    {
        var text = new byte[length];
        for (var i = 0; i < length; i++)
            text[i] = (byte)('a' + (i * 7 % 26));
        using var recorder = new CompressingBuffer();
        var turn = 0;
        foreach (var part in text.Chunk(piece))
        {
            switch (turn++ % 5)
            {
                case 0:
                    recorder.Write(part, 0, part.Length);
                    break;
                case 1:
                    recorder.Write(part.AsSpan());
                    break;
                case 2:
                    await recorder.WriteAsync(part.AsMemory());
                    break;
                case 3:
                    await recorder.WriteAsync(part, 0, part.Length, CancellationToken.None);
                    break;
                default:
                    foreach (var one in part)
                        recorder.WriteByte(one);
                    break;
            }
        }

        var kept = recorder.Complete();

        Assert.Equal(length, recorder.TextLength);
        Assert.True((recorder.IsCompressed ? Decompressed(kept) : kept.ToArray()).AsSpan().SequenceEqual(text));
    }
#pragma warning restore CA1835, CA1849

    static byte[] Decompressed(ArraySegment<byte> kept)
    {
        using var text = new MemoryStream();
        using var compressed = new GZipStream(new MemoryStream(kept.Array!, kept.Offset, kept.Count), CompressionMode.Decompress);
        compressed.CopyTo(text);
        return text.ToArray();
    }
}
