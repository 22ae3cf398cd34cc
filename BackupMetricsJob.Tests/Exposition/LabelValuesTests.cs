using System.Text;
using BackupMetricsJob.Tests.Backups;
using BackupMetricsJob.Tests.Integration;
using FsCheck;
using FsCheck.Fluent;

namespace BackupMetricsJob.Tests.Exposition;

/// <summary>Any instance or user label can be read back from the text.</summary>
public sealed class LabelValuesTests
{
    static readonly Arbitrary<string> HostileText = Gen.Elements(
            "\\",
            "\"",
            "\n",
            "\r",
            "n",
            "{",
            "}",
            "=",
            ",",
            " ",
            "#",
            "\0",
            "é",
            "€",
            "😀",
            "\u2028",
            "\uFEFF",
            "abc"
        )
        .ListOf()
        .Select(string.Concat)
        .ToArbitrary();

    [Fact]
    public void A_reader_of_the_format_gets_every_label_value_back() =>
        Prop.ForAll(
                HostileText,
                HostileText,
                (first, second) =>
                {
                    var text = Published.Text(
                        Evidence.Result with
                        {
                            Instance = Evidence.Orders with { Name = first, Labels = [new("team", second)] },
                        }
                    );
                    var line = Assert.Single(
                        text.Split('\n'),
                        line => line.StartsWith("postgres_backup_probe_success{", StringComparison.Ordinal)
                    );

                    Assert.Equal([("instance", first), ("team", second)], LabelsOf(line));
                }
            )
            .QuickCheckThrowOnFailure();

    // name="value",... up to the closing brace; a quote without a preceding backslash ends a value.
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
            plain.Append(
                text[i] != '\\'
                    ? text[i]
                    : text[++i] switch
                    {
                        'n' => '\n',
                        '\\' => '\\',
                        '"' => '"',
                        var other => throw new FormatException($"'\\{other}' is no escape."),
                    }
            );
        }

        return plain.ToString();
    }
}
