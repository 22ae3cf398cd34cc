using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Pushgateway.Api;
using Prometheus;

namespace BackupMetricsJob.Drill;

/// <summary>Where the result of a drill goes.</summary>
/// <param name="Instance">The drilled server, with the user's labels.</param>
/// <param name="Catalogue">Null for none.</param>
/// <param name="Gateways">The gateways, each of which gets the push; empty for none.</param>
/// <param name="Group">The drill's own group, which no run replaces.</param>
/// <param name="Build">This program's version. Its metric tells `delete` that the group is ours.</param>
internal sealed record DrillPublication(
    Instance Instance,
    ConnectionSettings? Catalogue,
    IReadOnlyList<Gateway> Gateways,
    GroupingKey Group,
    BuildVersion Build
)
{
    static readonly TimeSpan RecordTime = TimeSpan.FromSeconds(30);
    static readonly TimeSpan PushTime = TimeSpan.FromSeconds(60);

    /// <summary>Records the result as a restore test. Null on success, or if there is no catalogue.</summary>
    /// <param name="noted">Receives a note if the server is new to the catalogue.</param>
    public Task<CatalogFailure?> RecordAsync(DrillResult result, Action<ListingItem.Note> noted, CancellationToken cancellationToken)
    {
        if (Catalogue is null)
            return Task.FromResult<CatalogFailure?>(null);
        var error = result.Failure is null ? null : RowProblem.Storable($"{result.FailedPhase!.Value.Name()}: {result.Failure}");
        var row = new CatalogRow(
            Instance.Name,
            result.Options.Tool.Name(),
            BackupType.RestoreTest,
            "restore_test-" + result.Started.UtcDateTime.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture),
            result.Succeeded ? BackupStatus.Done
                : result.IsUnfinished ? BackupStatus.Waiting
                : BackupStatus.Failed
        )
        {
            Started = result.Started,
            Finished = result.Finished,
            SizeBytes = result.Bytes,
            ParentId = result.BackupId,
            Error = error,
            Raw = DrillDetails.ToJson(result),
        };
        var cluster = result.Recovered?.SystemIdentifier ?? result.Claim?.SystemIdentifier;
        return CatalogRecord.WriteAsync(row, Catalogue, RecordTime, cancellationToken, noted, cluster);
    }

    /// <summary>Pushes the result to every gateway.</summary>
    public async Task<IReadOnlyList<PushOutcome>> PushAsync(DrillResult result, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Gateways.Count == 0)
            return [];
        var registry = Metrics.NewCustomRegistry();
        var samples = new Samples(registry);
        var (labels, tool) = (SampleLabels.For(Instance, null), result.Options.Tool.Name());
        if (result.IsUnfinished)
            samples.Set(RestoreTestMetricNames.Unfinished, labels, result.Finished.UnixSeconds(), tool);
        else
            RestoreTestSamples.Write(result.Facts, labels, tool, samples);
        samples.Set(RunMetricNames.BuildInfo, 1, Build.Version, Build.Revision);
        return await Task.WhenAll(
            Gateways.Select(gateway => PushAsync(gateway, registry, replaces: !result.IsUnfinished, time, cancellationToken))
        );
    }

    async Task<PushOutcome> PushAsync(
        Gateway gateway,
        CollectorRegistry registry,
        bool replaces,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        // If this drill did not finish, the results of the last finished one stay in the group.
        var budget = new PushBudget(PushTime, gateway.AttemptTimeout);
        var sent = await Push.SendAsync(registry, gateway, Group, budget, time, cancellationToken, replaces);
        var outcome = await UnansweredRefusal.FindAsync(sent, gateway, Group, gateway.AttemptTimeout, time, cancellationToken);
        return outcome.Result != PushResult.Refused || outcome.ReasonIsUnknown
            ? outcome
            : outcome with
            {
                Advice = await ConflictFinder.AdviceAsync(outcome, gateway, Group, gateway.AttemptTimeout, time, cancellationToken),
            };
    }
}
