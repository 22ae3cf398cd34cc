using System.Buffers.Text;
using System.Text;
using BackupMetricsJob.Pushgateway;
using FsCheck;
using FsCheck.Fluent;

namespace BackupMetricsJob.Tests.Pushgateway;

public class GroupingKeyTests
{
    [Theory]
    [InlineData("eu1", "/job/j/x/eu1")]
    [InlineData("a-b_c.d~e", "/job/j/x/a-b_c.d~e")]
    [InlineData("a/b", "/job/j/x@base64/YS9i")]
    [InlineData("", "/job/j/x@base64/=")]
    [InlineData(".", "/job/j/x@base64/Lg")]
    [InlineData("..", "/job/j/x@base64/Li4")]
    [InlineData("...", "/job/j/x@base64/Li4u")]
    [InlineData("a b", "/job/j/x@base64/YSBi")]
    [InlineData("???>>>", "/job/j/x@base64/Pz8_Pj4-")]
    public void A_value_is_encoded_only_where_it_must_be(string value, string path) =>
        Assert.Equal(path, Gateways.Key("j", ("x", value)).ToPath());

    [Fact]
    public void The_job_comes_first_and_is_encoded_too() =>
        Assert.Equal("/job@base64/YS9i/b/1/a/2", Gateways.Key("a/b", ("b", "1"), ("a", "2")).ToPath());

    [Theory]
    [InlineData("job", "the job has its own option: --job, or job in the file")]
    [InlineData("__name__", "begin with __")]
    [InlineData("9a", "must not begin with a digit")]
    [InlineData("", "a name consists of letters")]
    [InlineData("a-b", "a name consists of letters")]
    [InlineData("a\n", "a name consists of letters")]
    [InlineData("é", "a name consists of letters")]
    public void An_illegal_name_is_refused(string name, string reason)
    {
        var problem = Assert.Single(ProblemsOf("j", (name, "v")));

        Assert.Contains(reason, problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_in_job_and_values()
    {
        foreach (var value in new[] { "\ud800", "a\udc00b", "\udc00\ud800", "x\ud83d" })
        {
            Assert.Contains("half a surrogate pair", Assert.Single(ProblemsOf(value)), StringComparison.Ordinal);
            Assert.Contains("half a surrogate pair", Assert.Single(ProblemsOf("j", ("x", value))), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void All_problems_are_told_at_once() =>
        Assert.Equal(
            [
                "job: must not be empty",
                "grouping label \"a\": given twice",
                "grouping label \"__b\": names that begin with __ are reserved for Prometheus",
                "grouping label c=\"\ufffd\": must not contain NUL",
            ],
            ProblemsOf("", ("a", "1"), ("a", "2"), ("__b", "3"), ("c", "\0"))
        );

    [Fact]
    public void It_prints_as_labels() => Assert.Equal("{job=\"j\", x=\"a b\"}", Gateways.Key("j", ("x", "a\nb")).ToString());

    [Fact]
    public void Any_value_is_refused_as_ill_formed_or_read_back_from_the_path_as_it_was()
    {
        var texts = Gen.OneOf(
                Gen.Elements("/._~-+=%#?@ a0é\ud83d\ude00\0\n".ToCharArray()),
                Gen.Choose(0, char.MaxValue).Select(c => (char)c)
            )
            .ListOf()
            .Select(chars => new string([.. chars]));
        Prop.ForAll(
                Arb.From(texts),
                Arb.From(texts),
                (job, value) =>
                {
                    var problems = new List<string>();
                    var key = GroupingKey.TryCreate(job, [new GroupingLabel("x", value)], problems);
                    if (key is null)
                        return problems.Count > 0 && (job.Length == 0 || !IsFit(job) || !IsFit(value));
                    Assert.True(Uri.TryCreate("http://h/metrics" + key.ToPath(), UriKind.Absolute, out var url));
                    return ReadAsAGatewayDoes(url.AbsolutePath) is [("job", var j), ("x", var v)]
                        && j == job
                        && v == value
                        && IsFit(job)
                        && IsFit(value);
                }
            )
            .QuickCheckThrowOnFailure();
    }

    static bool IsFit(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
            return false;
        return text == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }

    static List<(string Name, string Value)> ReadAsAGatewayDoes(string path)
    {
        var parts = path.Split('/')[2..];
        var labels = new List<(string, string)>();
        for (var i = 0; i < parts.Length; i += 2)
        {
            labels.Add(
                parts[i].EndsWith("@base64", StringComparison.Ordinal)
                    ? (parts[i][..^7], Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[i + 1].TrimEnd('='))))
                    : (parts[i], Uri.UnescapeDataString(parts[i + 1]))
            );
        }

        return labels;
    }

    static List<string> ProblemsOf(string job, params (string Name, string Value)[] labels)
    {
        var problems = new List<string>();
        Assert.Null(GroupingKey.TryCreate(job, [.. labels.Select(label => new GroupingLabel(label.Name, label.Value))], problems));
        return problems;
    }
}
