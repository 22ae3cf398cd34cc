using System.Text;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Http;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Configuration;

public sealed class GatewayReaderTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_url_alone_is_a_gateway_without_credentials()
    {
        var gateway = Read("http://gw:9091", []);

        Assert.Equal(("http://gw:9091", TimeSpan.FromSeconds(10)), (gateway.ToString(), gateway.AttemptTimeout));
        Assert.Null(gateway.Credentials);
        Assert.Null(gateway.Tls);
    }

    [Theory]
    [InlineData("s3cret", "s3cret")]
    [InlineData("s3cret\n", "s3cret")]
    [InlineData("s3cret\r\n", "s3cret")]
    [InlineData(" s:3 crét ", " s:3 crét ")]
    public void The_final_line_feed_of_a_file_is_not_part_of_the_password(string text, string password)
    {
        var file = _folder.Write("password", text, secret: true);

        var gateway = Read("http://gw", [("gateway-username", "job"), ("gateway-password-file", file)]);

        Assert.Equal(ClientCredentials.Basic("job", password).Header, gateway.Credentials?.Header);
    }

    [Fact]
    public void A_token_comes_from_a_file_or_from_its_variable()
    {
        var file = _folder.Write("token", "abc.DEF-_~+/=\n", secret: true);
        var expected = ClientCredentials.Bearer("abc.DEF-_~+/=").Header;

        Assert.Equal(expected, Read("http://gw", [("gateway-token-file", file)]).Credentials?.Header);
        Assert.Equal(expected, Read("http://gw", [], ("BACKUP_METRICS_GATEWAY_TOKEN_FILE", file)).Credentials?.Header);
        Assert.Equal(expected, Read("http://gw", [], ("BACKUP_METRICS_GATEWAY_TOKEN", "abc.DEF-_~+/=\n")).Credentials?.Header);
    }

    [Fact]
    public void A_flag_that_names_a_file_overrides_the_variable_with_the_secret()
    {
        var file = _folder.Write("password", "right", secret: true);

        var gateway = Read(
            "http://gw",
            [("gateway-password-file", file)],
            ("BACKUP_METRICS_GATEWAY_PASSWORD", "wrong"),
            ("BACKUP_METRICS_GATEWAY_USERNAME", "job")
        );

        Assert.Equal(ClientCredentials.Basic("job", "right").Header, gateway.Credentials?.Header);
    }

    [Fact]
    public void Certificates_and_the_timeout_are_read()
    {
        var made = SelfSignedCertificate.Create(_folder.Path);

        var gateway = Read(
            "https://gw",
            [
                ("gateway-ca-file", made.CertificateFile),
                ("gateway-cert-file", made.CertificateFile),
                ("gateway-key-file", made.KeyFile),
                ("gateway-timeout", "30s"),
            ]
        );

        Assert.Equal(TimeSpan.FromSeconds(30), gateway.AttemptTimeout);
        Assert.Single(gateway.Tls!.Roots!.Certificates);
        Assert.True(gateway.Tls?.ClientCertificate?.TargetCertificate.HasPrivateKey);
        Assert.False(gateway.Tls?.SkipsVerification);
    }

    [Theory]
    [InlineData("ftp://gw", "", "", "--gateway: gateway \"ftp://gw\": must begin with http:// or https://, like http://gateway:9091")]
    [InlineData("http://gw", "", "PASSWORD=s3cret", "--gateway: the gateway has a password but no user name: set --gateway-username")]
    [InlineData(
        "http://gw",
        "gateway-username=job",
        "PASSWORD=s3cret;PASSWORD_FILE=one-line",
        "BACKUP_METRICS_GATEWAY_PASSWORD_FILE: BACKUP_METRICS_GATEWAY_PASSWORD is also set; remove one of them"
    )]
    [InlineData(
        "http://gw",
        "gateway-username=job;gateway-password-file=two-lines",
        "",
        "--gateway-password-file \"FOLDER/two-lines\": has more than one line: nothing else may be in the file"
    )]
    [InlineData("http://gw", "gateway-username=job;gateway-password-file=empty", "", "--gateway-password-file \"FOLDER/empty\": is empty")]
    [InlineData(
        "http://gw",
        "gateway-username=job;gateway-password-file=latin1",
        "",
        "--gateway-password-file \"FOLDER/latin1\": is not UTF-8"
    )]
    [InlineData(
        "http://gw",
        "",
        "TOKEN=s3 cret",
        "BACKUP_METRICS_GATEWAY_TOKEN: must be a token of printable ASCII characters without spaces"
    )]
    [InlineData(
        "http://gw",
        "",
        "TOKEN=s3\ncret",
        "BACKUP_METRICS_GATEWAY_TOKEN: must be a token of printable ASCII characters without spaces"
    )]
    [InlineData(
        "https://gw",
        "gateway-ca-file=one-line",
        "",
        "--gateway: certificate or key file \"FOLDER/one-line\": contains no PEM certificate"
    )]
    [InlineData("https://gw", "gateway-key-file=absent", "", "--gateway: key file \"FOLDER/absent\": a key also needs its certificate")]
    public void Problems_contain_no_secret(string gateway, string flags, string variables, string problem)
    {
        _folder.Write("one-line", "s3cret", secret: true);
        _folder.Write("two-lines", "s3cret\ns3cret\n", secret: true);
        _folder.Write("empty", "\n", secret: true);
        File.WriteAllBytes(_folder.File("latin1"), [.. Encoding.Latin1.GetBytes("s3crét")]);
        var given = new GivenFlags();
        given.Add("gateway", [gateway]);
        foreach (var (name, value) in Pairs(flags))
            given.Add(name, [name.EndsWith("-file", StringComparison.Ordinal) ? _folder.File(value) : value]);
        var environment = Pairs(variables)
            .ToDictionary(
                pair => "BACKUP_METRICS_GATEWAY_" + pair.Name,
                pair => pair.Name.EndsWith("_FILE", StringComparison.Ordinal) ? _folder.File(pair.Value) : pair.Value
            );
        var problems = new List<Problem>();
        var settings = new GivenSettings(given, environment);

        new GatewayReader(settings, environment, problems).Read(null);

        Assert.Equal(problem.Replace("FOLDER", _folder.Path, StringComparison.Ordinal), Assert.Single(problems).Message);
        Assert.DoesNotContain("cret", problems[0].Message, StringComparison.Ordinal);
    }

    static IEnumerable<(string Name, string Value)> Pairs(string text) =>
        text.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair =>
                (pair[..pair.IndexOf('=', StringComparison.Ordinal)], pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..])
            );

    static Gateway Read(string url, (string Name, string Value)[] flags, params (string Name, string Value)[] variables)
    {
        var given = new GivenFlags();
        given.Add("gateway", [url]);
        foreach (var (name, value) in flags)
            given.Add(name, [value]);
        var environment = variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        var problems = new List<Problem>();
        var gateways = new GatewayReader(new GivenSettings(given, environment), environment, problems).Read(null);
        Assert.Empty(problems);
        return Assert.Single(gateways);
    }
}
