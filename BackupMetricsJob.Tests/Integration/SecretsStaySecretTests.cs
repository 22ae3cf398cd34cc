using System.Text;
using BackupMetricsJob.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// Random secrets in every place where one can be given, with every failure that can be brought about at once: none of them occurs in any
/// output.
/// </summary>
public sealed class SecretsStaySecretTests : IAsyncLifetime, IDisposable
{
    const int Rounds = 8;

    /// <summary>In every secret, so that a piece of one is found wherever it comes out, encoded as a URI or not.</summary>
    const string Mark = "Zq7x";

    static readonly Gen<string> Secret =
        from parts in Gen.Elements(
                "@",
                "/",
                ":",
                "?",
                "&",
                "=",
                "%",
                "%41",
                "'",
                "\\",
                "[",
                "]",
                ",",
                ";",
                "#",
                "é",
                "://",
                "\"",
                "{",
                "}",
                "$",
                "a"
            )
            .ListOf(6)
        from at in Gen.Choose(0, 6)
        select string.Concat(parts.Take(at)) + Mark + string.Concat(parts.Skip(at));

    readonly TempFolder _folder = new();
    PostgresServer _server = null!;
    SilentServer _silent = null!;

    public async Task InitializeAsync()
    {
        _silent = new();
        _server = await PostgresServer.StartAsync();
        await _server.ExecuteAsync("CREATE ROLE locked LOGIN PASSWORD 'other'");
        await _server.HbaAsync("host all locked 127.0.0.1/32 scram-sha-256", "host all nobody 127.0.0.1/32 reject");
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _silent.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_secret_comes_out_whatever_fails()
    {
        var secrets = Secret.Sample(Rounds * 12).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            await using var gateway = new StubPushgateway(
                StubPushgateway.Status(round % 2 == 0 ? 401 : 400, "no: text format parsing error")
            );
            var mine = secrets.Skip(round * 12).Take(12).ToList();
            var files = mine.Select((secret, i) => _folder.Write($"s{round}-{i}", secret + "\n", secret: true)).ToList();
            var config = _folder.Write($"c{round}.yaml", Config(mine, files, gateway.Url, bearer: round % 3 == 0));
            var environment = new Dictionary<string, string>
            {
                ["IN_ENV"] = mine[3],
                ["URI_IN_ENV"] = $"postgresql://u:{Uri.EscapeDataString(mine[4])}@127.0.0.1:1/x?nonsense=1",
                ["PGPASSWORD"] = mine[5],
            };
            foreach (
                var command in (string[][])
                    [
                        ["run", "--verbose"],
                        ["run", "--log-format", "json"],
                        ["run", "--dry-run"],
                        ["show"],
                        ["check", "--output", round % 2 == 0 ? "text" : "json"],
                    ]
            )
            {
                await using var process = BackupMetrics.Start([.. command, "--config", config], environment);
                var typed = File.Exists($"/proc/{process.Id}/cmdline") ? await File.ReadAllTextAsync($"/proc/{process.Id}/cmdline") : "";
                var result = await process.WaitAsync();

                Assert.True(result.ExitCode is 69 or 75 or 76, $"{string.Join(' ', command)} ended with {result.ExitCode}: {result.Error}");
                var told = result.Output + result.Error + typed;
                Assert.DoesNotContain(Mark, told, StringComparison.OrdinalIgnoreCase);
                foreach (var secret in mine)
                    Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes("job:" + secret)), told, StringComparison.Ordinal);
            }

            // What went to the gateway has them in one header, and nowhere else.
            Assert.NotEmpty(gateway.Requests);
            Assert.All(
                gateway.Requests,
                request => Assert.DoesNotContain(Mark, request.Path + request.Text, StringComparison.OrdinalIgnoreCase)
            );
        }
    }

    string Config(List<string> secrets, List<string> files, string gateway, bool bearer)
    {
        var uri = Uri.EscapeDataString(secrets[0]);
        var access = bearer
            ? $"authorization: {{credentials: '{Mark}token'}}"
            : $"basic_auth: {{username: job, password_file: '{files[1]}'}}";
        return $$"""
            gateway: {url: '{{gateway}}', {{access}}}
            deadline: 20s
            defaults: {timeout: 1s}
            targets:
            - {name: auth, connection: 'postgresql://locked:{{uri}}@127.0.0.1:{{_server.Port}}/postgres'}
            - {name: rejected, connection: 'postgresql://nobody:{{uri}}@127.0.0.1:{{_server.Port}}/postgres'}
            - {name: file, connection: 'postgresql://locked@127.0.0.1:{{_server.Port}}/postgres', password_file: '{{files[2]}}'}
            - {name: env, connection: 'postgresql://locked@127.0.0.1:{{_server.Port}}/postgres', password_env: IN_ENV}
            - {name: whole, connection_env: URI_IN_ENV}
            - {name: garbled, connection_file: '{{files[6]}}'}
            - {name: refused, connection: 'postgresql://u:{{uri}}@127.0.0.1:{{FreePort.Next()}}/x'}
            - {name: dns, connection: 'postgresql://u:{{uri}}@no-such-host.invalid/x'}
            - {name: silent, connection: 'postgresql://u:{{uri}}@127.0.0.1:{{_silent.Port}}/x'}
            - {name: tls, connection: 'postgresql://u:{{uri}}@127.0.0.1:{{_server.Port}}/x?sslmode=require'}
            - {name: unverified, connection: 'postgresql://u:{{uri}}@127.0.0.1:{{_server.Port}}/x?sslmode=verify-full&sslrootcert=/nonexistent&sslpassword={{uri}}'}
            - {name: map, connection: {host: 127.0.0.1, port: {{_server.Port}}, user: locked, dbname: absent, password: "{{Quoted(
                secrets[7]
            )}}" } }
            - {name: pgpassword, connection: 'host=127.0.0.1 port={{_server.Port}} user=locked'}

            """;
    }

    static string Quoted(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
