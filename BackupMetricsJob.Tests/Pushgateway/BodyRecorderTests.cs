using System.Net.Http;
using System.Text;
using BackupMetricsJob.Pushgateway;
using FsCheck;
using FsCheck.Fluent;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>However a text is cut into pieces, what is kept of it is the text, and what is wrong with it is found.</summary>
public sealed class BodyRecorderTests
{
    [Fact]
    public void What_is_written_in_pieces_is_judged_as_if_it_were_whole() => Prop.ForAll(
        Gen.Elements("a", "\n", "ü", "€", "😀", "\0").ListOf().Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts) + "\n")).ToArbitrary(),
        Gen.Choose(1, 4).ToArbitrary(),
        Gen.Choose(0, 40).ToArbitrary(),
        (text, size, spoiled) =>
        {
            if (spoiled < text.Length) text[spoiled] = 0xFF;
            var recorder = Recorded(text, size);
            var fault = text[^1] != '\n' ? "line feed" : text.Contains((byte)0) ? "NUL" : spoiled < text.Length ? "UTF-8" : null;
            Assert.Equal(text.Length, recorder.TextLength);
            Assert.Equal(text, recorder.Kept);
            if (fault is null) Assert.Null(recorder.Fault);
            else Assert.Contains(fault, recorder.Fault, StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1 << 20, false)]
    [InlineData((1 << 20) + 1, true)]
    [InlineData(5_000_000, true)]
    public void A_long_text_is_kept_small_and_sent_whole(int length, bool compressed)
    {
        var text = new byte[length];
        for (var i = 0; i < length; i++) text[i] = (byte)('a' + (i * 7 % 26));
        text[^1] = (byte)'\n';
        using var content = new ByteArrayContent(text);
        var body = ExpositionBody.Read(content);
        using var sent = new MemoryStream();

        using (var attempt = body.ToContent(asText: true))
        {
            Assert.Equal(length, attempt.Headers.ContentLength);
            attempt.CopyTo(sent, null, CancellationToken.None);
        }

        Assert.Null(body.Fault());
        Assert.True(sent.ToArray().AsSpan().SequenceEqual(text));
        using var recorder = Recorded(text, 10_000);
        Assert.Equal(compressed, recorder.IsCompressed);
        Assert.Equal(compressed, recorder.Kept.Length < length / 10);
    }

    static BodyRecorder Recorded(byte[] text, int size)
    {
        var recorder = new BodyRecorder();
        foreach (var piece in text.Chunk(size)) recorder.Write(piece);
        recorder.Complete();
        return recorder;
    }
}
