using Npgsql;

namespace BackupMetricsJob.Sources;

/// <summary>
/// The transaction of a probe, one batch per source. Each batch begins with a savepoint, so that a failed source leaves a usable
/// transaction to the next one. The savepoints need no round trip of their own.
/// </summary>
/// <param name="connection">A connection with an open transaction.</param>
/// <param name="sources">How many sources will be read; the last one's batch ends the transaction.</param>
internal sealed class SourceTransaction(NpgsqlConnection connection, int sources)
{
    int _begun;

    /// <summary>Whether the batch before this one failed.</summary>
    public bool MustRollBack { get; set; }

    /// <summary>
    /// A batch with the source's commands between the savepoint and, for the last source, COMMIT. The reader's first results are those of
    /// the commands.
    /// </summary>
    public NpgsqlBatch Batch(params ReadOnlySpan<NpgsqlBatchCommand> commands)
    {
        _begun++;
        return Batch(MustRollBack ? "ROLLBACK TO SAVEPOINT source" : "SAVEPOINT source", commands);
    }

    /// <summary>Another batch of the same source after a failed one, to read the rest without the query that failed.</summary>
    public NpgsqlBatch BatchAfterFailure(params ReadOnlySpan<NpgsqlBatchCommand> commands) =>
        Batch("ROLLBACK TO SAVEPOINT source", commands);

    NpgsqlBatch Batch(string first, ReadOnlySpan<NpgsqlBatchCommand> commands)
    {
        MustRollBack = false;
        var batch = new NpgsqlBatch(connection) { BatchCommands = { new(first) } };
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        if (_begun == sources)
            batch.BatchCommands.Add(new("COMMIT"));
        return batch;
    }
}
