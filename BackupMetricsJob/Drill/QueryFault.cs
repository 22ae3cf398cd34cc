using System.Text.RegularExpressions;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Drill;

/// <summary>Finds out whether the backup or the settings are to blame if PostgreSQL refuses a query of the user.</summary>
internal static partial class QueryFault
{
    /// <summary>Looks up a table by its name in PostgreSQL's message: with or without a schema.</summary>
    const string HasRelation = """
        SELECT EXISTS (
          SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE $1 IN (c.relname::text, n.nspname::text || '.' || c.relname::text))
        """;

    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <param name="words">The statement, and PostgreSQL's message.</param>
    /// <param name="liveServer">The same database on the live server; null if none was named.</param>
    public static async Task<DrillException> ExplainAsync(
        PostgresException e,
        string words,
        PostgresPrograms programs,
        ConnectionSettings? liveServer,
        CancellationToken cancellationToken
    )
    {
        switch (e.SqlState)
        {
            case PostgresErrorCodes.SyntaxError or PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InsufficientPrivilege:
                return DrillException.OfSettings(words);
            case PostgresErrorCodes.UndefinedFile:
                return DrillException.OfSettings(
                    $"{words}. The library of an extension is not installed in {programs.Directory}: install the extension's package"
                );
            case PostgresErrorCodes.UndefinedTable when Relation().Match(e.MessageText) is { Success: true } name && liveServer is not null:
                return await AskAsync(name.Groups[1].Value, words, liveServer, cancellationToken);
            case PostgresErrorCodes.UndefinedTable
            or PostgresErrorCodes.UndefinedColumn
            or PostgresErrorCodes.UndefinedFunction
            or PostgresErrorCodes.UndefinedObject
            or PostgresErrorCodes.InvalidSchemaName:
                return new(
                    $"{words}. {OneOrTheOther}{(liveServer is null ? ": with --connection, the live server is asked for a table" : "")}"
                );
            default:
                return new($"{words}. {PlainText.OnOneLine(e.Hint ?? "")}".TrimEnd(' ', '.'));
        }
    }

    const string OneOrTheOther = "Either it did not come back, or the question names what was never there";

    static async Task<DrillException> AskAsync(
        string name,
        string words,
        ConnectionSettings liveServer,
        CancellationToken cancellationToken
    )
    {
        bool? isThere = null;
        var failure = await CatalogSession.RunAsync(
            liveServer,
            Timeout,
            async (session, stop) =>
            {
                await using var command = session.Command(HasRelation, name);
                isThere = await command.ExecuteScalarAsync(stop) is true;
                return null;
            },
            cancellationToken
        );
        return isThere switch
        {
            true => new($"{words}. The live server has it: it did not come back"),
            false => DrillException.OfSettings($"{words}. Nor has the live server in its database {liveServer.Database}: fix the question"),
            null => new($"{words}. {OneOrTheOther}; the live server does not say: {PlainText.OnOneLine(failure?.Message ?? "")}"),
        };
    }

    [GeneratedRegex("^relation \"(.+)\" does not exist$")]
    private static partial Regex Relation();
}
