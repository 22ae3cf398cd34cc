using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Prometheus;

namespace BackupMetricsJob.Tests.PrometheusRoom;

public class EscapingRoundTrip
{
    static readonly Arbitrary<string> HostileText = Gen
        .Elements("\\", "\"", "\n", "\r", "n", "{", "}", "=", ",", " ", "#", "\0", "é", "€", "😀", "\u2028", "\uFEFF", "abc")
        .ListOf()
        .Select(string.Concat)
        .ToArbitrary();

    [Fact]
    public void A_reader_of_the_format_gets_every_label_value_back() => Prop.ForAll(HostileText, HostileText, (first, second) =>
    {
        var text = Exported.TextOf(metrics => metrics.CreateGauge("m", "h", "a", "b").WithLabels(first, second).Set(1)).Result;
        var lines = text.Split('\n');

        Assert.Equal(4, lines.Length);
        Assert.Equal([("a", first), ("b", second)], LabelsOf(lines[2]));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_reader_of_the_format_gets_every_help_back() => Prop.ForAll(HostileText, help =>
    {
        var text = Exported.TextOf(metrics => metrics.CreateGauge("m", help, "a")).Result;
        var lines = text.Split('\n');

        Assert.Equal(3, lines.Length);
        Assert.Equal(string.IsNullOrWhiteSpace(help) ? "" : help, Unescape(lines[0]["# HELP m ".Length..]));
    }).QuickCheckThrowOnFailure();

    // name="value",... up to the closing brace; a quote that no backslash precedes ends a value.
    static List<(string Name, string Value)> LabelsOf(string line)
    {
        var labels = new List<(string, string)>();
        var at = line.IndexOf('{', StringComparison.Ordinal) + 1;
        while (true)
        {
            var equals = line.IndexOf('=', at);
            Assert.Equal('"', line[equals + 1]);
            var end = equals + 2;
            while (line[end] != '"')
                end += line[end] == '\\' ? 2 : 1;

            labels.Add((line[at..equals], Unescape(line[(equals + 2)..end])));
            if (line[end + 1] != ',')
            {
                Assert.Equal("} 1", line[(end + 1)..]);
                return labels;
            }

            at = end + 2;
        }
    }

    static string Unescape(string text)
    {
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            plain.Append(text[i] != '\\' ? text[i] : text[++i] switch
            {
                'n' => '\n',
                '\\' => '\\',
                '"' => '"',
                var other => throw new FormatException($"'\\{other}' is no escape."),
            });
        }

        return plain.ToString();
    }
}
