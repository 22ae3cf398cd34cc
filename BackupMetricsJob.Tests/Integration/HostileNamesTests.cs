using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// Whoever owns a watched database may put a schema of his own first in everybody's search_path, with functions and operators of well-known
/// names. None of them is ever called with the rights of the monitoring role: each would say so, since it raises.
/// </summary>
public sealed class HostileNamesTests
{
    static readonly string[] Functions =
    [
        "set_config(text, text, boolean) RETURNS text",
        "current_setting(text) RETURNS text",
        "pg_is_in_recovery() RETURNS boolean",
        "clock_timestamp() RETURNS timestamptz",
        "has_function_privilege(text, text) RETURNS boolean",
        "has_function_privilege(oid, text) RETURNS boolean",
        "to_regprocedure(text) RETURNS regprocedure",
        "pg_has_role(name, text) RETURNS boolean",
        "pg_backend_pid() RETURNS int",
        "now() RETURNS timestamptz",
        "format(text, text, text) RETURNS text",
        "quote_ident(text) RETURNS text",
    ];

    static readonly string[] Operators =
    [
        "(text, text) = ",
        "(name, text) = ",
        "(name, name) = ",
        "(int, int) = ",
        "(oid, oid) = ",
        "(boolean, boolean) = ",
        "(text, text) <> ",
        "(text, text) || ",
    ];

    [Theory]
    [InlineData("")]
    [InlineData("?target_session_attrs=primary")]
    [InlineData("?target_session_attrs=prefer-standby")]
    public async Task No_name_of_the_database_owner_is_called_by_a_probe(string attributes)
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await server.ExecuteAsync(
            "CREATE ROLE monitor LOGIN; GRANT pg_monitor TO monitor; CREATE SCHEMA evil; GRANT USAGE ON SCHEMA evil TO PUBLIC"
        );
        foreach (var function in Functions)
            await server.ExecuteAsync(
                $"CREATE FUNCTION evil.{function} LANGUAGE plpgsql AS $$ BEGIN RAISE 'the owner of the database ran code'; END $$"
            );
        foreach (var text in Operators)
        {
            var at = text.IndexOf(") ", StringComparison.Ordinal);
            var types = text[1..at].Split(", ");
            var result = text.Contains("||", StringComparison.Ordinal) ? "text" : "boolean";
            var name = $"op{Array.IndexOf(Operators, text)}";
            await server.ExecuteAsync(
                $"CREATE FUNCTION evil.{name}({types[0]}, {types[1]}) RETURNS {result} LANGUAGE plpgsql AS $$ BEGIN RAISE 'the owner "
                    + "of the database ran code'; END $$; "
                    + $"CREATE OPERATOR evil.{text[(at + 2)..]} (LEFTARG = {types[0]}, RIGHTARG = {types[1]}, FUNCTION = evil.{name})"
            );
        }

        await server.ExecuteAsync("ALTER DATABASE postgres SET search_path = evil, pg_catalog");

        // The trap works: without a name that says where it is, this is what a new session gets.
        await using var session = await server.OpenAsync();
        await using var trapped = new Npgsql.NpgsqlCommand("SELECT set_config('jit', 'off', true)", session);
        var caught = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => trapped.ExecuteNonQueryAsync());
        Assert.Contains("ran code", caught.MessageText, StringComparison.Ordinal);

        var result2 = await Probe.OfAsync(server.ConnectionUri("monitor") + attributes);

        Assert.True(result2.Failure is null, result2.Failure?.ToString());
        Assert.NotNull(result2.Server?.Wal);
    }
}
