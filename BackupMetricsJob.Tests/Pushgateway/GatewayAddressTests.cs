using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

public class GatewayAddressTests
{
    [Theory]
    [InlineData("http://gw:9091", "http://gw:9091")]
    [InlineData("http://gw:9091/", "http://gw:9091")]
    [InlineData("http://gw:9091/metrics", "http://gw:9091")]
    [InlineData("http://gw:9091/metrics/", "http://gw:9091")]
    [InlineData(" https://gw/prefix/of/it/ \n", "https://gw/prefix/of/it")]
    [InlineData("https://gw/prefix/metrics", "https://gw/prefix")]
    [InlineData("http://metrics", "http://metrics")]
    [InlineData("http://gw/metrics/metrics", "http://gw/metrics")]
    [InlineData("http://gw/mymetrics", "http://gw/mymetrics")]
    [InlineData("HTTP://[::1]:9091", "http://[::1]:9091")]
    public void A_url_is_taken_with_or_without_its_end(string text, string prefix)
    {
        var address = Gateways.Address(text);

        Assert.Equal(prefix, address.ToString());
        Assert.Equal(prefix + "/metrics", address.MetricsUrl);
        Assert.Equal(prefix + "/metrics/job@base64/YS9i/x/y", address.GroupUrl(Gateways.Key("a/b", ("x", "y"))).AbsoluteUri);
    }

    [Theory]
    [InlineData("", "gateway \"\": must be a URL like http://gateway:9091")]
    [InlineData("gw:9091", "gateway \"gw:9091\": must begin with http:// or https://, like http://gateway:9091")]
    [InlineData("/metrics", "gateway \"/metrics\": must begin with http:// or https://, like http://gateway:9091")]
    [InlineData("ftp://gw", "gateway \"ftp://gw\": must begin with http:// or https://, like http://gateway:9091")]
    [InlineData("http://", "gateway \"http://\": must be a URL like http://gateway:9091")]
    [InlineData("http://gw:0", "gateway \"http://gw:0\": must name a host and a port other than 0, like http://gateway:9091")]
    [InlineData("http://gw:99999", "gateway \"http://gw:99999\": must be a URL like http://gateway:9091")]
    [InlineData("http://gw?token=s3cret", "gateway \"http://gw?***\": must not have a query or a fragment")]
    [InlineData("http://gw/#s3cret", "gateway \"http://gw/#***\": must not have a query or a fragment")]
    [InlineData("http://gw?", "gateway \"http://gw?***\": must not have a query or a fragment")]
    [InlineData(
        "http://gw/metrics/job/x",
        "gateway \"http://gw/metrics/job/x\": must be only the gateway's address: the job and the grouping labels are added automatically"
    )]
    public void A_url_that_is_none_is_told_with_what_is_meant(string text, string problem) => Assert.Equal(problem, ProblemOf(text));

    [Theory]
    [InlineData("http://user:s3cret@gw:9091")]
    [InlineData("http://s3cret@gw:9091")]
    [InlineData("http://user:s3@cret@gw:9091")]
    [InlineData("http://user:s3cret/x@gw:9091/y")]
    [InlineData("http://user:s3cret?@gw:9091")]
    [InlineData("http://user:#s3cret@gw:9091")]
    [InlineData("user:s3cret@gw:9091")]
    [InlineData("http:/user:s3cret@gw:9091")]
    [InlineData("postgres://user:s3cret@gw:9091")]
    [InlineData("http://user:s3 cret@gw:99999")]
    public void A_password_in_it_is_refused_and_not_repeated(string text)
    {
        var problem = ProblemOf(text);

        Assert.Contains("***@gw:9", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("s3", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("cret", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_problem_with_a_password_says_where_it_belongs() =>
        Assert.Equal(
            "gateway \"http://***@gw\": must not contain a user or a password, which others could read: put credentials into files",
            ProblemOf("http://user:s3cret@gw")
        );

    static string ProblemOf(string text)
    {
        var problems = new List<string>();
        Assert.Null(GatewayAddress.TryParse(text, problems));
        return Assert.Single(problems);
    }
}
