using System.Buffers.Text;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Prometheus.Internal;

namespace BackupMetricsJob.Tests.PrometheusRoom;

public class PushAddresses
{
    [Theory]
    [InlineData("plain-1_2.3~", "/a/plain-1_2.3~")]
    [InlineData("...", "/a/...")]
    [InlineData(".", "/a@base64/Lg")]
    [InlineData("..", "/a@base64/Li4")]
    [InlineData("a/b", "/a@base64/YS9i")]
    [InlineData("a b", "/a@base64/YSBi")]
    [InlineData("100%", "/a@base64/MTAwJQ")]
    [InlineData("??>", "/a@base64/Pz8-")]
    [InlineData("é", "/a@base64/w6k")]
    public void A_value_goes_as_it_is_only_where_a_path_can_carry_it(string value, string expected)
    {
        var address = PushAddress.Of("https://gw:9091/metrics//", "j", null, [Tuple.Create("a", value), Tuple.Create("b", "2")]);

        Assert.Equal($"https://gw:9091/metrics/job/j{expected}/b/2", address.AbsoluteUri);
    }

    [Fact]
    public void Job_and_instance_come_first_and_are_encoded_too() => Assert.Equal(
        "http://gw/metrics/job@base64/YS9i/instance@base64/Li4/z/1",
        PushAddress.Of("http://gw/metrics", "a/b", "..", [Tuple.Create("z", "1")]).AbsoluteUri);

    [Fact]
    public void What_the_caller_has_encoded_is_left_alone() => Assert.Equal(
        "http://gw/metrics/job/j/path@base64/L3Zhcg==/empty@base64/=",
        PushAddress.Of("http://gw/metrics", "j", "", [Tuple.Create("path@base64", "L3Zhcg=="), Tuple.Create("empty@base64", "=")]).AbsoluteUri);

    [Theory]
    [InlineData("metrics")]
    [InlineData("/metrics")]
    [InlineData("127.0.0.1:9091/metrics")]
    [InlineData("localhost:9091/metrics")]
    [InlineData("ftp://gw/metrics")]
    public void An_endpoint_that_is_no_web_address_is_refused(string endpoint) =>
        Assert.Throws<ArgumentException>(() => PushAddress.Of(endpoint, "j", null, null));

    [Theory]
    [InlineData("a/b")]
    [InlineData("a b@base64")]
    [InlineData("@base64")]
    public void A_label_name_that_would_break_the_path_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => PushAddress.Of("http://gw/metrics", "j", null, [Tuple.Create(name, "v")]));

    [Fact]
    public void Text_that_is_not_well_formed_is_refused() => Assert.ThrowsAny<ArgumentException>(
        () => PushAddress.Of("http://gw/metrics", "j", null, [Tuple.Create("a", "x\uD800")]));

    [Fact]
    public void The_gateway_reads_back_every_value() => Prop.ForAll(
        Gen.Elements("a", "9", ".", "/", "\\", "?", "#", "%", "%2F", "+", " ", "\n", "é", "😀", "~", "-", "=").NonEmptyListOf().Select(string.Concat).ToArbitrary(),
        value =>
        {
            var parts = PushAddress.Of("http://gw/metrics", "j", null, [Tuple.Create("a", value)]).AbsolutePath.Split('/');
            Assert.Equal(6, parts.Length);
            var read = parts[4] == "a" ? parts[5] : Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[5]));
            Assert.Equal(value, read);
        }).QuickCheckThrowOnFailure();
}
