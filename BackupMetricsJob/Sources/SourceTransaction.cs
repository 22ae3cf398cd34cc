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

    /// <summary>A batch with the source's commands, between what keeps the sources apart. The commands' results are the first that the reader has.</summary>
    public NpgsqlBatch Batch(params ReadOnlySpan<NpgsqlBatchCommand> commands)
    {
        var batch = new NpgsqlBatch(connection);
        if (sources > 1) batch.BatchCommands.Add(new(MustRollBack ? "ROLLBACK TO SAVEPOINT source" : "SAVEPOINT source"));
        MustRollBack = false;
        foreach (var command in commands) batch.BatchCommands.Add(command);
        if (++_begun == sources) batch.BatchCommands.Add(new("COMMIT"));
        return batch;
    }
}
