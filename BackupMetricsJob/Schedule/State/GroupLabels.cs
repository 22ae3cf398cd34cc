using System.Text;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Schedule.State;

/// <summary>
/// Gives each sample of a text the labels that a gateway would give it: those of the group but for its job, and an empty instance where it is
/// about no database, which a scrape with honor_labels leaves empty.
/// </summary>
internal sealed class GroupLabels : WritingStream
{
    const byte LineFeed = (byte)'\n';

    readonly Stream _to;
    readonly byte[] _ofDatabase;
    readonly byte[] _ofRun;
    readonly MemoryStream _begun = new();

    public GroupLabels(Stream to, GroupingKey group)
    {
        _to = to;
        var labels = new StringBuilder();
        foreach (var (name, value) in group.Labels)
        {
            if (name != "instance") labels.Append(name).Append("=\"").Append(Escaped(value)).Append("\",");
        }

        _ofDatabase = Encoding.UTF8.GetBytes(labels.ToString());
        _ofRun = Encoding.UTF8.GetBytes(labels + "instance=\"\"");
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.IndexOf(LineFeed) is >= 0 and var end)
        {
            if (_begun.Length == 0) Line(buffer[..(end + 1)]);
            else
            {
                _begun.Write(buffer[..(end + 1)]);
                Line(_begun.GetBuffer().AsSpan(0, (int)_begun.Length));
                _begun.SetLength(0);
            }

            buffer = buffer[(end + 1)..];
        }

        _begun.Write(buffer);
    }

    public override void Flush()
    {
        // A line that is not whole waits for its rest.
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _begun.Dispose();
            _to.Dispose();
        }

        base.Dispose(disposing);
    }

    void Line(ReadOnlySpan<byte> line)
    {
        var name = line.IndexOfAny("{ "u8);
        if (line[0] == (byte)'#' || name < 0)
        {
            _to.Write(line);
            return;
        }

        var hasLabels = line[name] == (byte)'{';
        _to.Write(line[..name]);
        _to.Write("{"u8);
        var isOfDatabase = hasLabels && line[(name + 1)..].StartsWith("instance=\""u8);
        _to.Write(isOfDatabase ? _ofDatabase : _ofRun);
        if (hasLabels && !isOfDatabase) _to.Write(","u8);
        if (!hasLabels) _to.Write("}"u8);
        _to.Write(line[(hasLabels ? name + 1 : name)..]);
    }

    static string Escaped(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
