using System.Data;
using Npgsql;

namespace BackupMetricsJob.Drill;

/// <summary>What came back is looked at: the user's own questions, pg_amcheck, and the checksum of every page.</summary>
internal sealed class DrillChecks(DrillOptions options, DrillFolder folder, DrillProgram program, DrillCluster cluster)
{
    readonly List<string> _done = [];

    /// <summary>What was checked, in words.</summary>
    public IReadOnlyList<string> Done => _done;

    /// <summary>Leaves the server stopped.</summary>
    /// <exception cref="DrillException">A check fails.</exception>
    public async Task RunAsync(bool hasChecksums, CancellationToken cancellationToken)
    {
        if (options.QueryFile is not null)
            await AskAsync(cancellationToken);
        if (options.Amcheck)
        {
            await program.RunAsync(
                cluster.Programs.Require("pg_amcheck"),
                [.. cluster.ClientArguments, "--all", "--install-missing"],
                cancellationToken
            );
            _done.Add("pg_amcheck");
        }

        await cluster.StopAsync(cancellationToken);
        if (!hasChecksums)
            return;
        if (cluster.Programs.ProgramOrNull("pg_checksums") is not { } checksums)
        {
            _done.Add($"no checksums (there is no pg_checksums in {cluster.Programs.Directory})");
            return;
        }

        await program.RunAsync(checksums, ["--check", "-D", folder.DataDirectory], cancellationToken);
        _done.Add("checksums");
    }

    /// <summary>Each statement must return rows, and true in each of them. Sessions are read-only.</summary>
    async Task AskAsync(CancellationToken cancellationToken)
    {
        string text;
        try
        {
            text = await File.ReadAllTextAsync(options.QueryFile!, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DrillException($"--query {options.QueryFile}: {e.Message}");
        }

        var number = 0;
        await using var connection = await cluster.ConnectAsync(
            options.Tool == DrillTool.Dump ? DumpLoader.Database : options.Database,
            cancellationToken
        );
        try
        {
#pragma warning disable CA2100 // The user's own file, on a throw-away server.
            await using var command = new NpgsqlCommand(text, connection);
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.Default, cancellationToken);
            do
            {
                number++;
                await CheckAsync(reader, number, cancellationToken);
            } while (await reader.NextResultAsync(cancellationToken));
        }
        catch (PostgresException e)
        {
            throw new DrillException(
                $"--query, statement {number + 1}: {PlainText.OnOneLine(e.MessageText)} (SQLSTATE {e.SqlState}). "
                    + PlainText.OnOneLine(e.Hint ?? "")
            );
        }

        _done.Add(number == 1 ? "1 query" : $"{number} queries");
    }

    static async Task CheckAsync(NpgsqlDataReader reader, int number, CancellationToken cancellationToken)
    {
        var rows = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            rows++;
            if (reader.GetDataTypeName(0) is not ("boolean" or "bool" or "pg_catalog.bool"))
                throw new DrillException(
                    $"--query, statement {number}: must return true or false first, not a value of type {reader.GetDataTypeName(0)}"
                );
            var isNull = await reader.IsDBNullAsync(0, cancellationToken);
            if (isNull || !reader.GetBoolean(0))
                throw new DrillException($"--query, statement {number}: row {rows} is {(isNull ? "null" : "false")}, not true");
        }

        if (rows == 0)
            throw new DrillException($"--query, statement {number}: returned no row, and so not true");
    }
}
