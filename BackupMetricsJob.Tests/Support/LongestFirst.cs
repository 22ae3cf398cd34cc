using BackupMetricsJob.Tests.Deploy;
using BackupMetricsJob.Tests.Drill;
using BackupMetricsJob.Tests.Integration;
using BackupMetricsJob.Tests.Postgres;
using BackupMetricsJob.Tests.Release;
using BackupMetricsJob.Tests.Running;
using BackupMetricsJob.Tests.Schedule;
using BackupMetricsJob.Tests.Support;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("BackupMetricsJob.Tests.Support." + nameof(LongestFirst), "BackupMetricsJob.Tests")]

namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// The tests of a class run one after another, so a class that takes a minute and starts last runs alone for a minute. These start first;
/// what computes and what waits alternate. All others come by their names, in the same order every time.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    static readonly List<string> First =
    [
        .. new[]
        {
            typeof(RulesTests),
            typeof(StoppedArchiveTests),
            typeof(CriticalFindingsTests),
            typeof(UncountedFailureTests),
            typeof(PageInABrowserTests),
            typeof(EndpointTests),
            typeof(BrokenBackupTests),
            typeof(KubernetesScrapeTests),
            typeof(ScheduleClusterTests),
            typeof(ArchiveListingTests),
            typeof(SecretsStaySecretTests),
            typeof(SecondOpinionTests),
            typeof(DiscardingCommandTests),
            typeof(StandbyTests),
            typeof(ToolPagesTests),
            typeof(HoleTests),
            typeof(DebianPackageTests),
            typeof(WalReceiverTests),
            typeof(RecoveryPointTests),
            typeof(ConcurrentProbesTests),
            typeof(SeveralGatewaysTests),
            typeof(MultiHostConnectorTests),
        }.Select(type => "Test collection for " + type.FullName),
        NpgsqlDataSourceSession.Name,
    ];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections
            .OrderBy(collection => First.IndexOf(collection.DisplayName) is >= 0 and var place ? place : First.Count)
            .ThenBy(collection => collection.DisplayName, StringComparer.Ordinal);
}
