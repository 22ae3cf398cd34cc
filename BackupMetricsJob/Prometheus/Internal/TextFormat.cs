using System.Globalization;
using System.Text;

namespace Prometheus.Internal;

/// <summary>
/// Writes the text exposition format 0.0.4 into one buffer, as UTF-8 whatever the culture. The buffer grows only for a line that is longer
/// than half of it: who writes takes the bytes away when it is full.
/// </summary>
internal sealed class TextFormat
{
    const int FullAt = 16 * 1024;

    byte[] _bytes = new byte[2 * FullAt];
    int _count;

    public bool IsFull => _count >= FullAt;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _count);

    public void Clear() => _count = 0;

    public void WriteFamily(Collector collector)
    {
        Write("# HELP "u8);
        WriteText(collector.Name);
        Write(" "u8);
        if (!string.IsNullOrWhiteSpace(collector.Help))
            WriteEscaped(collector.Help, quoted: false);

        Write("\n# TYPE "u8);
        WriteText(collector.Name);
        Write(" "u8);
        Write(collector.TypeName);
        Write("\n"u8);
    }

    public void WriteSample(Collector collector, ChildBase child)
    {
        WriteText(collector.Name);
        var separator = "{"u8;
        for (var i = 0; i < child.LabelValues.Length; i++)
        {
            WriteLabel(separator, collector.InstanceLabelNames[i], child.LabelValues[i]);
            separator = ","u8;
        }

        foreach (var label in collector.StaticLabels)
        {
            WriteLabel(separator, label.Name, label.Value);
            separator = ","u8;
        }

        Write(separator[0] == ',' ? "} "u8 : " "u8);
        WriteNumber(child.Current);
        Write("\n"u8);
    }

    void WriteLabel(ReadOnlySpan<byte> separator, string name, string value)
    {
        Write(separator);
        WriteText(name);
        Write("=\""u8);
        WriteEscaped(value, quoted: true);
        Write("\""u8);
    }

    void WriteNumber(double value)
    {
        if (!double.IsFinite(value))
        {
            Write(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8);
            return;
        }

        // The longest number has 24 characters: -2.2250738585072014E-308.
        Ensure(32);
        value.TryFormat(_bytes.AsSpan(_count), out var written, "g", CultureInfo.InvariantCulture);
        _count += written;
    }

    // Backslash and line feed are escaped everywhere, the quote where the text is quoted: the format knows no other escape.
    void WriteEscaped(ReadOnlySpan<char> text, bool quoted)
    {
        while (true)
        {
            var plain = quoted ? text.IndexOfAny('\\', '\n', '"') : text.IndexOfAny('\\', '\n');
            if (plain < 0)
                break;

            WriteText(text[..plain]);
            Write(text[plain] switch { '\\' => @"\\"u8, '\n' => @"\n"u8, _ => "\\\""u8 });
            text = text[(plain + 1)..];
        }

        WriteText(text);
    }

    void WriteText(ReadOnlySpan<char> text)
    {
        Ensure(Encoding.UTF8.GetMaxByteCount(text.Length));
        _count += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_count));
    }

    void Write(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_count));
        _count += bytes.Length;
    }

    void Ensure(int more)
    {
        if (_bytes.Length - _count < more)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _count + more));
    }
}
