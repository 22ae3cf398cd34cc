using System.Diagnostics;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Tests.Support;
using Npgsql;

namespace BackupMetricsJob.Tests.Postgres;

/// <summary>These tests share two servers, which they only read.</summary>
[CollectionDefinition(Name)]
public sealed class NpgsqlDataSourceSession : ICollectionFixture<TargetsTestServer>
{
    internal const string Name = "Npgsql connector";

    /// <summary>A session's description of itself in one line; application_name without its default, which differs.</summary>
    internal const string Sql =
        "SELECT concat_ws('|', current_user, current_database(), coalesce(inet_server_port()::text, 'socket'), "
        + "nullif(nullif(current_setting('application_name'), 'psql'), 'backup-metrics'), "
        + "(SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), "
        + "current_setting('work_mem'), current_setting('TimeZone'), current_setting('port'))";

    /// <summary>The line; null if psql cannot connect.</summary>
    internal static (string? Line, string Error) AskPsql(string? text, string? variables, string home)
    {
        var start = new ProcessStartInfo(Path.Combine(PostgresBinaries.Distribution.Folder, "psql"), ["-X", "-A", "-t", "-w", "-c", Sql])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        if (text is not null)
            start.ArgumentList.Add(text);
        start.Environment.Clear();
        start.Environment["HOME"] = home;
        foreach (var variable in (variables ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            start.Environment[variable[..variable.IndexOf('=', StringComparison.Ordinal)]] = variable[
                (variable.IndexOf('=', StringComparison.Ordinal) + 1)..
            ];
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd().Trim();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)), "psql does not end");
        return (process.ExitCode == 0 ? output : null, error.Result);
    }

    /// <summary>The line; null, and the reason, if the text is refused or the connection fails.</summary>
    internal static async Task<(string? Line, string Error)> Ask(string? text, string? variables, string home)
    {
        var parsed = Parsed.From(text, variables, home, Environment.UserName);
        return parsed.Maybe is { } settings ? await Ask(settings) : (null, string.Join("; ", parsed.Problems));
    }

    internal static async Task<(string? Line, string Error)> Ask(ConnectionSettings settings)
    {
        var (connection, failure) = await MultiHostConnector.OpenAsync(
            settings,
            TimeSpan.FromSeconds(10),
            new RunClock(TimeProvider.System),
            new ConnectionProgress(onAnswer: null),
            CancellationToken.None
        );
        if (connection is null)
            return (null, $"{failure!.Reason.Name()}: {failure.Message}");
        await using var closed = connection;
        await using var command = new NpgsqlCommand(Sql, connection.Npgsql);
        return ((string?)await command.ExecuteScalarAsync(), "");
    }
}
