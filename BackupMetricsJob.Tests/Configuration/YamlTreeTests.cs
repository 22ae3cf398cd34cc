using System.Text;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Configuration.File;
using FsCheck;
using FsCheck.Fluent;

namespace BackupMetricsJob.Tests.Configuration;

/// <summary>A text becomes a tree whose nodes have locations, or a problem with a location.</summary>
public sealed class YamlTreeTests
{
    static readonly string EveryKey = File.ReadAllText(Path.Combine(Support.Repository.Tests, "Configuration", "every-key.yaml"));

    [Fact]
    public void Every_node_has_its_location_and_style()
    {
        var root = Map("a: 1\nb:\n- 'x'\n- {c: ~}\n");

        var (one, x, c) = (
            (YamlScalar)root.Find("a")!.Value,
            (YamlScalar)List(root, "b").Items[0],
            ((YamlMapping)List(root, "b").Items[1]).Find("c")!
        );
        Assert.Equal(("1", true, "f:1:4"), (one.Text, one.IsPlain, one.Location.ToString()));
        Assert.Equal(("x", false, "f:3:3"), (x.Text, x.IsPlain, x.Location.ToString()));
        Assert.Equal((true, "f:4:4"), (((YamlScalar)c.Value).IsNull, c.Key.Location.ToString()));
    }

    [Fact]
    public void An_alias_is_its_anchors_node()
    {
        var root = Map("a: &x {k: v}\nb: *x\n");

        Assert.Same(root.Find("a")!.Value, root.Find("b")!.Value);
    }

    [Fact]
    public void A_merge_adds_missing_keys_and_the_first_of_several_maps_wins()
    {
        var merged = (YamlMapping)Map("a: &a {k: a, l: a}\nb: &b {l: b, m: b}\nc:\n  k: c\n  <<: [*a, *b]\n").Find("c")!.Value;

        Assert.Equal(["k=c", "l=a", "m=b"], merged.Entries.Select(entry => $"{entry.Key.Text}={((YamlScalar)entry.Value).Text}"));
        Assert.Equal("v", ((YamlScalar)((YamlMapping)Map("a: &a {k: v}\nb: {<<: *a}").Find("b")!.Value).Find("k")!.Value).Text);
    }

    [Fact]
    public void A_long_list_is_passed_on_item_by_item()
    {
        var taken = new List<string>();

        var root = (YamlMapping)
            YamlTree.Read(
                "f",
                "a: &x\n- 1\nl:\n- 2\n- {l: [3]}\nm: {l: [4]}\n",
                [],
                "l",
                (item, index) => taken.Add($"{index} {item.Location}")
            )!;

        Assert.Equal(["0 f:4:3", "1 f:5:3"], taken);
        Assert.True(List(root, "l").IsStreamed);
        Assert.Single(List(root, "a").Items);
    }

    [Theory]
    [InlineData("", "f:1:1: is empty, but must be a map of settings")]
    [InlineData("# nothing\n", "f:1:1: is empty, but must be a map of settings")]
    [InlineData("a: [1\nb", "f:2:1: invalid YAML: cannot be parsed here")]
    [InlineData("a: b: c\n", "f:1:5: invalid YAML: while scanning a plain scalar value, found invalid mapping")]
    [InlineData("a: 'x\n", "f:1:4: invalid YAML: while scanning a quoted scalar, found unexpected end of stream")]
    [InlineData("a: @x\n", "f:1:4: invalid YAML: while scanning for the next token, found character that cannot start any token")]
    [InlineData("a: 1\n---\nb: 1\n", "f:2:1: a second document starts here: only one is allowed")]
    [InlineData("\ta: 1\n", "f:1:1: a tab in the indentation: use spaces")]
    [InlineData("a:\n  - 1\n\t- 2\n", "f:2:5: invalid YAML: while scanning a plain scalar, found a tab character that violate indentation")]
    [InlineData("a:\n- 'x'\n-\t'y'\n\t- 'z'\n", "f:1:1: invalid YAML: while scanning a mapping, found invalid tab as indentation")]
    [InlineData("a:\n \tb: 1\n", "f:2:2: a tab in the indentation: use spaces")]
    [InlineData("a: *x\n", "f:1:4: an alias (*) without an anchor (&) of that name before it; a string that starts with * needs quotes")]
    [InlineData(
        "a: &x [*x]\n",
        "f:1:8: an alias (*) without an anchor (&) of that name before it; a string that starts with * needs quotes"
    )]
    [InlineData("a: !secret x\n", "f:1:4: tags (!) are not supported; a string that starts with ! needs quotes")]
    [InlineData("? [a]\n: 1\n", "f:1:3: a key must be a string")]
    [InlineData("a: {<<: 5}\n", "f:1:9: <<: must be a map, or a list of maps, to merge")]
    [InlineData("a: 1\nb: 2\na: 3\n", "f:3:1: \"a\": the key is given twice; the first is at f:1:1")]
    [InlineData(
        "{password: x,y, y}",
        "f:1:17: a key that is not shown, because it may be part of a secret that needs quotes: the key is given twice; "
            + "the first is at f:1:14"
    )]
    [InlineData("a: \"\u0001\"", "f:1:5: contains a control character (U+0001) here. In double quotes it can be written as \\x01")]
    public void Invalid_yaml_is_reported_with_its_location(string text, string problem)
    {
        var problems = new List<Problem>();
        if (YamlText.Decode("f", Encoding.UTF8.GetBytes(text), problems) is { } decoded)
            YamlTree.Read("f", decoded, problems, "", Keep);

        Assert.Equal([problem], problems.Select(one => one.Text));
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0x3A, 0x20, 0x78, 0x0A, 0x62, 0xFF }, "f:2:2: is not UTF-8 here")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x61, 0x00 }, "f:1:1: is UTF-16, but must be UTF-8")]
    public void Invalid_utf8_is_reported_with_its_location(byte[] bytes, string problem)
    {
        var problems = new List<Problem>();

        Assert.Null(YamlText.Decode("f", bytes, problems));
        Assert.Equal([problem], problems.Select(one => one.Text));
    }

    [Fact]
    public void A_byte_order_mark_is_not_part_of_the_first_key() =>
        Assert.NotNull(Map(YamlText.Decode("f", [.. Encoding.UTF8.Preamble, .. "a: 1"u8], [])!).Find("a"));

    [Fact]
    public void Deep_nesting_and_alias_bombs_are_refused()
    {
        Assert.Contains("is nested more than", Problem(new string('[', 1_000_000)), StringComparison.Ordinal);
        Assert.Contains(
            "is nested more than",
            Problem(string.Concat(Enumerable.Range(0, 2000).Select(i => new string(' ', i) + "a:\n"))),
            StringComparison.Ordinal
        );
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++)
            bomb.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, "
                    + $"*a{i - 1}, *a{i - 1}]\n"
            );
        Assert.Contains("aliases expand to too many nodes", Problem(bomb.ToString()), StringComparison.Ordinal);
        var merges =
            "a: &a {"
            + string.Join(", ", Enumerable.Range(0, 2000).Select(i => $"k{i}: 1"))
            + "}\nb:\n  <<: ["
            + string.Join(", ", Enumerable.Repeat("*a", 3000))
            + "]\n";
        Assert.Contains("aliases expand to too many nodes", Problem(merges), StringComparison.Ordinal);
    }

    /// <summary>A damaged file leads to a tree, or to a problem with a location, but never to an exception.</summary>
    [Fact]
    public void A_damaged_file_is_read_or_refused() =>
        Prop.ForAll(
                Damages.ToArbitrary(),
                damages =>
                {
                    var text = damages.Aggregate(EveryKey, (now, damage) => damage(now));
                    var problems = new List<Problem>();
                    var decoded = YamlText.Decode("f", Encoding.UTF8.GetBytes(text), problems);
                    var targets = new TargetSection(new(problems));
                    var tree = decoded is null
                        ? null
                        : YamlTree.Read("f", decoded, problems, "targets", (item, index) => targets.Add(item, index, "/nonexistent"));
                    if (
                        tree is not null
                        && MappingReader.Create(tree, KeyPath.Root, Keys.Root, "/nonexistent", new(problems)) is { } fields
                    )
                    {
                        targets.ApplyDefaults(fields, targets.ReadDefaults(fields, TargetSettings.Empty));
                        GatewaySection.Read(fields);
                    }

                    return (tree is not null || problems.Count > 0)
                        && problems.TrueForAll(problem => problem.Location is { File: "f", Line: > 0, Column: > 0 });
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    static Gen<Func<string, string>[]> Damages
    {
        get
        {
            var at = Gen.Choose(0, 1_000_000);
            var piece = Gen.Elements(
                "\n",
                "\r",
                "\t",
                " ",
                "  ",
                ":",
                ": ",
                "- ",
                "-",
                "?",
                "? ",
                "|",
                ">",
                "|-\n",
                "{",
                "}",
                "[",
                "]",
                ",",
                "'",
                "\"",
                "#",
                " #",
                "&a ",
                "*a ",
                "!",
                "!!str ",
                "!<x> ",
                "%",
                "%YAML 1.1\n",
                "@",
                "`",
                "---\n",
                "...\n",
                "<<: ",
                "\\",
                "\"\\x",
                "\0",
                "\uFEFF",
                "\u0085",
                "\u2028",
                "é",
                "\uD800",
                "~",
                "null",
                "1e400",
                "0x10"
            );
            var insert = from i in at from p in piece select (Func<string, string>)(text => text.Insert(i % (text.Length + 1), p));
            var delete =
                from i in at
                from n in Gen.Choose(1, 40)
                select (Func<string, string>)(
                    text => text.Length == 0 ? text : text.Remove(i % text.Length, Math.Min(n, text.Length - (i % text.Length)))
                );
            var copy =
                from i in at
                from j in at
                from n in Gen.Choose(1, 80)
                select (Func<string, string>)(
                    text =>
                        text.Length == 0
                            ? text
                            : text.Insert(
                                j % (text.Length + 1),
                                text.Substring(i % text.Length, Math.Min(n, text.Length - (i % text.Length)))
                            )
                );
            return Gen.OneOf(insert, insert, delete, copy).NonEmptyListOf().Select(list => list.Take(12).ToArray());
        }
    }

    static string Problem(string text)
    {
        var problems = new List<Problem>();
        YamlTree.Read("f", text, problems, "", Keep);
        return problems[0].Text;
    }

    static YamlMapping Map(string text)
    {
        var problems = new List<Problem>();
        var root = YamlTree.Read("f", text, problems, "", Keep);
        Assert.Empty(problems);
        return Assert.IsType<YamlMapping>(root);
    }

    static void Keep(YamlNode item, int index) { }

    static YamlSequence List(YamlMapping map, string key) => Assert.IsType<YamlSequence>(map.Find(key)!.Value);
}
