using System.Globalization;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>
/// A live server with page checksums, a tablespace and an archive, and what its backup tools made of it: a plain and a tar base backup,
/// then more WAL, then dumps. Tests that break something break a copy.
/// </summary>
public sealed class DrilledServer : IAsyncLifetime, IDisposable
{
    readonly TempFolder _folder = new();

    internal PostgresServer Server { get; private set; } = null!;

    internal string Plain => _folder.File("plain");

    internal string Tar => _folder.File("tar");

    internal string Archive => Server.ArchiveDirectory;

    /// <summary>The segments that were archived after the base backups, each with a transaction of its own.</summary>
    internal IReadOnlyList<string> LaterSegments { get; private set; } = [];

    /// <summary>It has a function in a library that is not installed any more.</summary>
    internal const string Extended = "extended";

    internal string Dump(string format) => _folder.File("dump." + format);

    public async Task InitializeAsync()
    {
        Server = await PostgresServer.StartAsync(new() { Archiving = true });
        await Server.StopAsync();
        await RunAsync("pg_checksums", "--enable", "-D", Server.DataDirectory);
        await Server.StartAgainAsync();
        Directory.CreateDirectory(_folder.File("space"));
        PostgresTemplate.GiveToServerUser(_folder.Path);
        await Server.ExecuteAsync($"CREATE TABLESPACE cold LOCATION '{_folder.File("space")}'");
        await Server.ExecuteAsync("CREATE TABLE accounts AS SELECT generate_series(1, 10000) AS id");
        await Server.ExecuteAsync("CREATE TABLE old TABLESPACE cold AS SELECT generate_series(1, 1000) AS id");
        await Server.ExecuteAsync("CREATE ROLE clerk; ALTER TABLE accounts OWNER TO clerk; GRANT SELECT ON old TO clerk");
        await ExtendAsync();
        await BaseBackupAsync(Plain, "-T", $"{_folder.File("space")}={_folder.File("plain-space")}");
        await BaseBackupAsync(Tar, "-F", "tar", "-z");
        var segments = new List<string>();
        for (var i = 1; i <= 3; i++)
        {
            await Server.ExecuteAsync($"CREATE TABLE later{i} AS SELECT now() AS at");
            segments.Add(await Server.SwitchWalAsync());
        }

        LaterSegments = segments;
        await Server.WaitForArchivedAsync(segments[^1]);
        foreach (var format in new[] { "custom", "directory", "plain" })
            await RunAsync("pg_dump", [.. Client, "-F", format, "-f", Dump(format), "postgres"]);
        await RunAsync("pg_dump", [.. Client, "-f", Dump(Extended), Extended]);
        await RunAsync("pg_dump", [.. Client, "--create", "-f", Dump("create"), "postgres"]);
        await RunAsync("pg_dump", [.. Client, "--create", "--clean", "-f", Dump("create-clean"), "postgres"]);
        await RunAsync("pg_dump", [.. Client, "--clean", "-f", Dump("clean"), "postgres"]);
    }

    /// <summary>The library is one of PostgreSQL's own, under a name that nobody else has.</summary>
    async Task ExtendAsync()
    {
        var library = _folder.File("extension.so");
        var of = await Server.ScalarAsync<string>("SELECT setting FROM pg_config WHERE name = 'PKGLIBDIR'");
        File.Copy(Path.Combine(of, "citext.so"), library);
        PostgresTemplate.GiveToServerUser(_folder.Path);
        await Server.ExecuteAsync($"CREATE DATABASE {Extended}");
        await Server.ExecuteAsync(
            $"CREATE FUNCTION same(text, text) RETURNS bool AS '{library}', 'citext_eq' LANGUAGE C IMMUTABLE STRICT; SELECT same('a', 'a')",
            Extended
        );
        File.Delete(library);
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    string[] Client =>
        ["-h", Server.SocketDirectory, "-p", Server.Port.ToString(CultureInfo.InvariantCulture), "-U", Server.Options.Superuser];

    Task<string> BaseBackupAsync(string target, params string[] more) =>
        RunAsync("pg_basebackup", [.. Client, "-D", target, "-X", "none", "-c", "fast", "--no-sync", .. more]);

    internal static Task<string> RunAsync(string program, params string[] arguments) =>
        ChildProcess.RunSuccessfullyAsync(
            Path.Combine(PostgresBinaries.Distribution.Folder, program),
            arguments,
            new() { Unprivileged = true }
        );
}
