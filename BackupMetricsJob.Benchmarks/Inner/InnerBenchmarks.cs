using BackupMetricsJob.Benchmarks.SideBySide;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace BackupMetricsJob.Benchmarks.Inner;

/// <summary>
/// The parts in which a regression would not show in the time of a run. In this process: nothing is built or fetched for it.
/// </summary>
internal static class InnerBenchmarks
{
    /// <param name="filters">Patterns of names, like *Import*; all without any.</param>
    public static int Run(string[] filters)
    {
        var artifacts = Directory.CreateTempSubdirectory("backup-metrics-bench-inner.");
        try
        {
            var log = new AccumulationLogger();
            var config = ManualConfig
                .CreateEmpty()
                .AddJob(Job.Default.WithWarmupCount(3).WithIterationCount(10).WithToolchain(InProcessEmitToolchain.DontLogOutput))
                .AddColumnProvider(DefaultColumnProviders.Instance)
                .AddDiagnoser(MemoryDiagnoser.Default)
                .AddLogger(log)
                .WithArtifactsPath(artifacts.FullName);
            var arguments = filters.Length == 0 ? ["--filter", "*"] : (string[])["--filter", .. filters];
            var summaries = BenchmarkSwitcher.FromAssembly(typeof(InnerBenchmarks).Assembly).Run(arguments, config).ToList();
            if (
                summaries.Count == 0
                || summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success))
            )
            {
                Console.Error.WriteLine(log.GetLog());
                Console.Error.WriteLine("bench: a benchmark failed, or none has such a name; what BenchmarkDotNet said is above");
                return 69;
            }

            Print(summaries.SelectMany(summary => summary.Reports));
            return 0;
        }
        finally
        {
            artifacts.Delete(recursive: true);
        }
    }

    static void Print(IEnumerable<BenchmarkReport> reports)
    {
        var table = new MarkdownTable("inner part", "of", "mean µs", "standard deviation", "allocated kB");
        foreach (var report in reports)
        {
            var benchmark = report.BenchmarkCase;
            var statistics = report.ResultStatistics!;
            table.Add(
                $"{benchmark.Descriptor.Type.Name}.{benchmark.Descriptor.WorkloadMethod.Name}",
                string.Join(", ", benchmark.Parameters.Items.Select(parameter => parameter.Value)),
                $"{statistics.Mean / 1e3:f1}",
                $"{statistics.StandardDeviation / 1e3:f1}",
                $"{report.GcStats.GetBytesAllocatedPerOperation(benchmark) / 1e3:f1}"
            );
        }

        Console.WriteLine();
        table.Print();
    }
}
