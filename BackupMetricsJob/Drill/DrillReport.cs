using BackupMetricsJob.Catalog;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Drill;

/// <summary>A drill, and where its result was recorded and pushed.</summary>
internal sealed record DrillReport(DrillResult Result)
{
    /// <summary>Why the result is not in the catalogue; null if it is, or if there is no catalogue.</summary>
    public CatalogFailure? RecordFailure { get; init; }

    /// <summary>What a person should know about the server's name in the catalogue; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>The outcomes of the pushes, in the order of the gateways; empty without any.</summary>
    public IReadOnlyList<PushOutcome> Pushes { get; init; } = [];

    /// <summary>Restores, then records and pushes the result. A drill stopped by a signal is neither recorded nor pushed.</summary>
    public static async Task<DrillReport> RunAsync(
        DrillOptions options,
        ClaimResult claim,
        DrillPublication publication,
        IReadOnlyDictionary<string, string> environment,
        TimeProvider time,
        DrillWatch watch,
        CancellationToken stop
    )
    {
        var result = await DrillRun.RunAsync(options, claim, environment, time, watch, stop);
        if (result.IsStopped)
            return new(result);
        string? note = null;
        return new(result)
        {
            RecordFailure = await publication.RecordAsync(result, found => note = found.Text, stop),
            Note = note,
            Pushes = await publication.PushAsync(result, time, stop),
        };
    }
}
