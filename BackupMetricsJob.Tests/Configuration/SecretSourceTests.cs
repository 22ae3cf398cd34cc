using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Tests.Configuration;

/// <summary>Secrets are read at every run. A missing one fails its target; that of a gateway is an invalid configuration.</summary>
public sealed class SecretSourceTests
{
    [Theory]
    [InlineData("s3cret", "s3cret")]
    [InlineData("s3cret\n", "s3cret")]
    [InlineData("s3cret\r\n", "s3cret")]
    [InlineData(" s3cret \n", " s3cret ")]
    public void The_final_line_feed_of_a_file_is_ignored(string content, string password)
    {
        using var file = new ConfigurationFile("targets: [{name: a, connection: host=h user=u, password_file: pw}]\n");
        file.Add("pw", content);

        Assert.Equal(password, Password(file.Read().Targets[0]));
    }

    [Fact]
    public void A_rotated_secret_is_used_by_the_next_run()
    {
        using var file = new ConfigurationFile(
            "targets: [{name: a, connection: host=h user=u, password_file: pw}, {name: b, connection_env: B}]\n"
        );
        file.Add("pw", "old\n");
        Assert.Equal("old", Password(file.Read(variables: ["B=postgresql://u:old@h/d"]).Targets[0]));

        file.Add("pw", "new\n");
        var job = file.Read(variables: ["B=postgresql://u:new@h/d"]);

        Assert.Equal(["new", "new"], job.Targets.Select(Password));
    }

    [Theory]
    [InlineData("password_file: none", FailureReason.Auth, "targets[0].password_file \"FOLDER/none\": does not exist")]
    [InlineData("password_file: .", FailureReason.Auth, "targets[0].password_file \"FOLDER/.\": cannot be read: it is a folder")]
    [InlineData("password_file: empty", FailureReason.Auth, "targets[0].password_file \"FOLDER/empty\": is empty")]
    [InlineData("password_file: bytes", FailureReason.Auth, "targets[0].password_file \"FOLDER/bytes\": is not UTF-8")]
    [InlineData(
        "password_file: marked",
        FailureReason.Auth,
        "targets[0].password_file \"FOLDER/marked\": starts with a byte order mark: save it as UTF-8 without one"
    )]
    [InlineData(
        "password_file: two",
        FailureReason.Auth,
        "targets[0].password_file \"FOLDER/two\": has more than one line: nothing else may be in the file"
    )]
    [InlineData(
        "password_file: blank",
        FailureReason.Auth,
        "targets[0].password_file \"FOLDER/blank\": has more than one line: nothing else may be in the file"
    )]
    [InlineData("password_file: /dev/zero", FailureReason.Auth, "targets[0].password_file \"/dev/zero\": is larger than 64 KiB")]
    [InlineData("password_env: NONE", FailureReason.Auth, "targets[0].password_env \"NONE\": the variable is not set")]
    [InlineData("password_env: EMPTY", FailureReason.Auth, "targets[0].password_env \"EMPTY\": is empty")]
    [InlineData("connection_file: none", FailureReason.Auth, "targets[0].connection_file \"FOLDER/none\": does not exist")]
    [InlineData("connection_env: NONE", FailureReason.Auth, "targets[0].connection_env \"NONE\": the variable is not set")]
    [InlineData(
        "connection_env: BAD",
        FailureReason.BadData,
        "targets[0].connection_env \"BAD\": sslmode: \"perhaps\" is not one of disable, allow, prefer, require, verify-ca, verify-full"
    )]
    [InlineData(
        "connection_env: TWICE, password_env: OTHER",
        FailureReason.BadData,
        "targets[0].connection_env \"TWICE\": contains a password, but the target has another one: remove one of them"
    )]
    [InlineData(
        "connection: host=h user=u sslcert=/nonexistent/c sslmode=require",
        FailureReason.Auth,
        "sslcert: certificate /nonexistent/c does not exist"
    )]
    [InlineData(
        "connection: service=s servicefile=/nonexistent/s user=u",
        FailureReason.BadData,
        "service file /nonexistent/s: does not exist"
    )]
    public void A_secret_that_cannot_be_read_is_a_failure_of_its_target_alone(string said, object reason, string message)
    {
        using var file = new ConfigurationFile($"targets: [{{name: a, {said}}}, {{name: b, connection: host=h user=u}}]\n");
        file.Add("empty", "\n");
        file.Add("marked", "\uFEFFs3cret\n");
        file.Add("two", "s3cret\n# of the monitor\n");
        file.Add("blank", "s3cret\n\n");
        File.WriteAllBytes(Path.Combine(file.Folder, "bytes"), [0x70, 0xFF]);

        var job = file.Read(
            variables: ["EMPTY=", "BAD=host=h user=u sslmode=perhaps", "TWICE=postgresql://u:s3cret@h/d", "OTHER=s3cret2", "PGUSER=u"]
        );

        Assert.Null(job.Targets[0].Target);
        Assert.Equal(reason, job.Targets[0].Failure!.Reason);
        Assert.Equal(message.Replace("FOLDER", file.Folder, StringComparison.Ordinal), job.Targets[0].Failure!.Message);
        Assert.Equal((true, true), (job.Targets[1].Target is not null, job.Targets[1].Failure is null));
    }

    [Fact]
    public void A_connection_string_may_have_lines_and_a_byte_order_mark()
    {
        using var file = new ConfigurationFile("targets: [{name: a, connection_file: text}]\n");
        file.Add("text", "\uFEFFhost=h\nuser=u\npassword=s3cret\n");

        Assert.Equal("s3cret", Password(file.Read().Targets[0]));
    }

    [Fact]
    public void A_password_is_given_once_and_overrides_the_defaults()
    {
        using var file = new ConfigurationFile(
            """
            defaults: {password_env: DEFAULT, connection: {user: u, host: h}}
            targets:
            - {name: default}
            - {name: own, password_env: OWN}
            - {name: text, connection: postgresql://u:text@h/d}
            - {name: map, connection: {password: map}}
            - {name: env, connection_env: URI}
            """
        );

        var job = file.Read(variables: ["DEFAULT=default", "OWN=own", "URI=postgresql://u:env@h/d", "PGPASSWORD=libpq"]);

        Assert.All(job.Targets, target => Assert.Equal(target.Instance.Name, Password(target)));
    }

    [Fact]
    public void The_secrets_of_a_gateway_are_only_read_for_a_push()
    {
        using var file = new ConfigurationFile(
            """
            gateway:
            - {url: https://a, basic_auth: {username: job, password_file: pw}, tls_config: {insecure_skip_verify: true}}
            - {url: http://b, authorization: {credentials_file: token}}
            targets: [{name: a, connection: host=h user=u}]
            """
        );

        file.Read();
        Assert.StartsWith(
            "main.yaml:2:63: gateway[0].basic_auth.password_file \"pw\": does not exist",
            file.Problems(push: true),
            StringComparison.Ordinal
        );
        Assert.All(file.All, problem => Assert.Equal(ProblemOrigin.Configuration, problem.Origin));

        file.Add("pw", "s3cret\n");
        file.Add("token", "two words\n");
        Assert.Equal(
            "main.yaml:3:53: gateway[1].authorization.credentials_file \"token\": "
                + "must be a token of printable ASCII characters without spaces\n",
            file.Problems(push: true)
        );

        file.Add("token", "t0ken\n");
        var gateways = file.Read(push: true).Gateways;
        Assert.Equal("Basic am9iOnMzY3JldA==", gateways[0].Credentials!.Header.ToString());
        Assert.True(gateways[0].Tls!.SkipsVerification);
        Assert.Equal("Bearer t0ken", gateways[1].Credentials!.Header.ToString());
    }

    [Fact]
    public void Flags_override_the_same_part_of_each_gateway()
    {
        using var file = new ConfigurationFile(
            "gateway: [{url: http://a, basic_auth: {username: job, password: old}}, {url: http://b}]\ntargets: [{name: a, connection: "
                + "host=h user=u}]\n"
        );
        file.Add("pw", "new");
        file.Add("token", "t0ken");

        Assert.Equal(
            "main.yaml:1:78: gateway[1].url: the gateway has a password but no user name: set --gateway-username\n",
            file.Problems(["gateway-password-file=FOLDER/pw"], push: true)
        );
        Assert.Equal(["Basic eDpuZXc=", "Basic eDpuZXc="], Headers(["gateway-username=x", "gateway-password-file=FOLDER/pw"]));
        Assert.Equal(["Bearer t0ken", "Bearer t0ken"], Headers(["gateway-token-file=FOLDER/token"]));
        Assert.Equal([null, null], Headers(["gateway=http://c", "gateway=http://d"]));

        IEnumerable<string?> Headers(string[] flags) =>
            file.Read(flags, push: true).Gateways.Select(gateway => gateway.Credentials?.Header.ToString());
    }

    [Theory]
    [InlineData(
        "gateway-username=a:b|gateway-password-file=FOLDER/pw",
        "--gateway-username \"a:b\": must be a name without a colon, which basic authentication does not allow"
    )]
    [InlineData("gateway-username=a", "--gateway: the gateway has a user name but no password: set --gateway-password-file")]
    [InlineData(
        "gateway-token-file=FOLDER/pw|gateway-username=a",
        "--gateway-token-file: cannot be combined with --gateway-username or --gateway-password-file"
    )]
    [InlineData("gateway-password-file=/nonexistent/pw|gateway-username=a", "--gateway-password-file \"/nonexistent/pw\": does not exist")]
    [InlineData("gateway-ca-file=FOLDER/pw", "--gateway-ca-file: needs a gateway with TLS, but none has an https:// URL")]
    [InlineData(
        "gateway-timeout=0s",
        "--gateway-timeout \"0s\": must be a duration longer than zero, like 30s, 5m, 26h or 1h30m "
            + "(units y, w, d, h, m, s, ms; 100y at most)"
    )]
    [InlineData("gateway=http://gw", "--gateway: the same URL is given twice")]
    public void An_invalid_flag_of_a_gateway_is_named(string flags, string problem)
    {
        using var file = new ConfigurationFile();
        file.Add("pw", "s3cret\n");

        Assert.Contains(
            problem + "\n",
            file.Problems(["connection=host=h user=u", "gateway=http://gw", .. flags.Split('|')], push: true),
            StringComparison.Ordinal
        );
    }

    static string? Password(MonitoredTarget target) => target.Target!.Connection.Hosts[0].Password?.Reveal();
}
