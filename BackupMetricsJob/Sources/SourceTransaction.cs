using Npgsql;

namespace BackupMetricsJob.Sources;

/// <summary>
/// The transaction of a probe, source by source: each is one batch that begins with a savepoint, so that one that fails leaves the next
/// a transaction to read in. No round trip of its own.
/// </summary>
/// <param name="connection">With an open transaction.</param>
/// <param name="sources">How many sources will be read; the last one's batch ends the transaction.</param>
internal sealed class SourceTransaction(NpgsqlConnection connection, int sources)
{
    int _begun;

    /// <summary>Whether the batch before this one failed.</summary>
    public bool MustRollBack { get; set; }

    /// <summary>
    /// A batch with the source's commands, between what keeps the sources apart. The commands' results are the first that the reader has.
    /// </summary>
    public NpgsqlBatch Batch(params ReadOnlySpan<NpgsqlBatchCommand> commands)
    {
        _begun++;
        return Batch(MustRollBack ? "ROLLBACK TO SAVEPOINT source" : "SAVEPOINT source", commands);
    }

    /// <summary>Another batch of the same source, after one that failed: with what can be read without what failed.</summary>
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
