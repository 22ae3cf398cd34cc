using System.Text;
using BackupMetricsJob.Cli;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// A connection that is written in another form than libpq's has its password where a host, a port or a database should be. Every command
/// that takes one refuses it, and the password is nowhere: not on a stream, and not in a push.
/// </summary>
public sealed class MistakenConnectionTests : IAsyncLifetime, IDisposable
{
    const string Password = "Zq7xPw";

    static readonly string[] Forms =
    [
        // ADO.NET's and others' with separators of their own
        "host=h;user=u;password=PW;port=9",
        "Host=h;Username=u;Password=PW",
        "Server=h;Port=5432;User Id=u;Password=PW;Database=d",
        "Data Source=h;User ID=u;Password=PW",
        "user=u;pwd=PW;host=h",
        "host=h user=u dbname=d;password=PW",
        "host=h user=u sslmode=require;password=PW",
        "host=h,user=u,password=PW",
        "host=h&user=u&password=PW",
        "host=h/user=u/password=PW",
        "host=h; user=u; password=PW;",
        "host=\"h\" user=u port=\"PW\"",
        "{host: h, password: PW}",
        "host:h user:u password:PW",
        // URIs without their "@", with one too many, or with other separators
        "postgresql://u:PW/db",
        "postgresql://u:PW",
        "postgresql://u:PW:h/db",
        "postgresql://u@h:PW/db",
        "postgresql://u@h:5432:PW/db",
        "postgresql://u:PW@h@x/db",
        "postgresql://u:PW/x@h/db",
        "postgresql://h/db&user=u&password=PW",
        "postgresql://h/db;password=PW",
        "postgresql://h/db password=PW",
        "postgresql://h/db%3Fpassword%3DPW",
        "postgresql://h/db?user=u;password=PW",
        "postgresql://h:5432&password=PW/db",
        "postgresql://h;password=PW/db",
        "postgresql://h?password PW",
        "postgresql://u;password=PW@h/db",
        "postgresql://u%3Bpassword%3DPW@h/db",
        "postgresql://h/db?sslmode=require%26password%3DPW",
        "postgresql://u%3APW%40h/db",
        "postgresql://h,u:PW/db",
        "postgresql://[::1]:PW/db",
        "postgresql://[u:PW]/db",
        // other schemes, and a URI that is not recognised as one
        "jdbc:postgresql://h/db?user=u&password=PW",
        "postgres:/u:PW@h/db",
        "Postgresql://u:PW@h/db",
        "mysql://u:PW@h/db?x=y",
        "u:PW@h/db",
        "'postgresql://u:PW@h/db'",
        "url=postgresql://u:PW@h/db",
        // the whole of it in one keyword
        "host=u:PW@h",
        "host=u:PW@h:5432 user=u",
        "host=postgresql://u:PW@h/db",
        "host=//u:PW@h/db",
        "host=u:PW user=u",
        "hostaddr=u:PW@h",
        "hostaddr=PW",
        "port=PW",
        "host=h port=5432,PW",
        "host='h PW' user=u",
        "dbname='d password=PW' host=h",
        "dbname=postgresql://u:PW@h/db",
        "user='u password=PW' host=h",
        "user=postgresql://u:PW@h/db",
        "service=u:PW@h",
        "host=h user=u sslmode=require sslcert='/c;password=PW'",
        "host=h user=u sslrootcert=u:PW@h sslmode=require",
        "host=h user=u client_encoding='x password=PW'",
        "host=h user=u require_auth=md5;password=PW",
        "host=h user=u target_session_attrs=any&password=PW",
        "host=h user=u connect_timeout=PW",
        "host=h user=u ssl_min_protocol_version='1 password=PW'",
        "host=h user=u passfile=postgresql://u:PW@h/db",
        // words without a keyword
        "host=h user=u PW",
        "PW",
        "password PW",
        "host=h password='PW",
        "host=h password=\"x PW\"",
    ];

    readonly TempFolder _folder = new();
    StubPushgateway _gateway = null!;

    public Task InitializeAsync()
    {
        _gateway = new(StubPushgateway.Status(200));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Assert.Empty(_gateway.Requests);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(64, "run", "--gateway", "GATEWAY", "--connection", "TEXT")]
    [InlineData(64, "run", "--gateway", "GATEWAY", "--log-format", "json", "--connection=TEXT")]
    [InlineData(64, "run", "--dry-run", "--connection", "TEXT")]
    [InlineData(64, "show", "--connection", "TEXT")]
    [InlineData(64, "check", "--connection", "TEXT")]
    [InlineData(64, "import", "wal-g", "/dev/null", "--server", "s", "--connection", "TEXT")]
    [InlineData(64, "record", "--server", "s", "--tool", "pg_dump", "--type", "logical", "--from-exit-code", "0", "--connection", "TEXT")]
    [InlineData(64, "catalog", "init", "--connection", "TEXT")]
    [InlineData(64, "catalog", "prune", "--keep", "90d", "--connection", "TEXT")]
    [InlineData(64, "schedule", "--cron", "* * * * *", "--gateway", "GATEWAY", "--connection", "TEXT")]
    [InlineData(64, "schedule", "--cron", "* * * * *", "--gateway", "GATEWAY", "--connection", "host=h user=u", "--cluster", "TEXT")]
    public void A_command_refuses_it_and_shows_nothing_of_it(int code, params string[] command) => Refuses(code, command, []);

    [Theory]
    [InlineData("run", "--gateway", "GATEWAY", "--conection", "TEXT")]
    [InlineData("run", "--gateway", "GATEWAY", "--conection=TEXT")]
    [InlineData("run", "TEXT")]
    [InlineData("import", "TEXT")]
    [InlineData("catalog", "init", "--server=TEXT")]
    [InlineData("record", "--server", "s", "--tool", "pg_dump", "--type", "TEXT", "--from-exit-code", "TEXT")]
    public void So_is_a_word_at_a_wrong_place(params string[] command) => Refuses(64, command, [], mayBePlain: true);

    [Theory]
    [InlineData("BACKUP_METRICS_CONNECTION", "run", "--gateway", "GATEWAY")]
    [InlineData("BACKUP_METRICS_CONNECTION", "show")]
    [InlineData("BACKUP_METRICS_CONNECTION", "catalog", "init")]
    [InlineData("BACKUP_METRICS_CLUSTER", "schedule", "--cron", "* * * * *", "--gateway", "GATEWAY", "--connection", "host=h user=u")]
    public void A_variable_is_refused_as_well(string variable, params string[] command) =>
        Refuses(78, command, text => new() { [variable] = text });

    [Fact]
    public void So_is_each_of_libpqs_variables() =>
        Refuses(
            78,
            ["run", "--gateway", "GATEWAY"],
            text =>
                new()
                {
                    ["PGHOST"] = text,
                    ["PGPORT"] = text,
                    ["PGSSLMODE"] = text,
                    ["PGUSER"] = "u",
                },
            mayBePlain: true
        );

    [Fact]
    public void So_is_a_file_of_configuration()
    {
        foreach (var form in Forms)
        {
            var text = form.Replace("PW", Password, StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal);
            foreach (
                var connection in (string[])
                    [
                        $"'{text}'",
                        $"{{host: '{text}'}}",
                        $"{{port: '{text}', host: h}}",
                        $"{{'{text}'}}",
                        $"{{'{text}': x}}",
                        $"{{hostaddr: '{text}'}}",
                        $"{{sslmode: '{text}'}}",
                    ]
            )
            {
                if (!connection.StartsWith('\'') && form == "PW")
                    continue; // a name like any other
                var file = _folder.Write(
                    "c.yaml",
                    $"gateway: {{url: '{_gateway.Url}'}}\ndefaults: {{connection: {{user: u}}}}\ntargets:\n- name: "
                        + $"a\n  connection: {connection}\n"
                );
                Refused(form, connection, 78, ["run", "--config", file], new());
            }
        }
    }

    void Refuses(int code, string[] command, Dictionary<string, string> environment, bool mayBePlain = false) =>
        Refuses(code, command, _ => environment, mayBePlain);

    void Refuses(int code, string[] command, Func<string, Dictionary<string, string>> environment, bool mayBePlain = false)
    {
        foreach (var form in Forms)
        {
            if (mayBePlain && form == "PW")
                continue; // a word that is shown, since it may as well be the name of a command
            var text = form.Replace("PW", Password, StringComparison.Ordinal);
            Refused(
                form,
                string.Join(' ', command),
                code,
                [
                    .. command.Select(word =>
                        word.Replace("TEXT", text, StringComparison.Ordinal).Replace("GATEWAY", _gateway.Url, StringComparison.Ordinal)
                    ),
                ],
                environment(text)
            );
        }
    }

    static void Refused(string form, string how, int code, string[] arguments, Dictionary<string, string> environment)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        using var signals = new Signals();
        environment["HOME"] = "/nonexistent";
        var build = BuildVersion.Parse("1.0.0");
        var context = new ProcessContext(output, error, environment, TimeProvider.System, signals);

        var ended = CommandLine.Run(arguments, context, build);

        var told = Encoding.UTF8.GetString(output.ToArray()) + error;
        Assert.True(ended == code, $"{how} with {form} ended with {ended}: {told}");
        Assert.False(told.Contains(Password, StringComparison.OrdinalIgnoreCase), $"{how} with {form} tells {told}");
        Assert.NotEqual("", told);
    }
}
