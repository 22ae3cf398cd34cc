using BackupMetricsJob.Exposition;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Exposition;

/// <summary>docs/metrics.md lists exactly the existing metrics, with their types and labels.</summary>
public sealed class MetricsDocumentationTests
{
    [Fact]
    public void Every_metric_is_documented_and_nothing_else_is()
    {
        var documented = File.ReadLines(Path.Combine(Repository.Root, "docs", "metrics.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (Name: cells[1].Trim('`'), Type: cells[2], Labels: cells[3]))
            .OrderBy(row => row.Name, StringComparer.Ordinal);

        var declared = MetricNames
            .All.Select(metric => (metric.Name, Type: metric.IsCounter ? "counter" : "gauge", Labels: string.Join(", ", metric.Labels)))
            .OrderBy(row => row.Name, StringComparer.Ordinal);

        Assert.Equal(declared, documented);
    }

    [Fact]
    public void Every_declared_metric_is_listed()
    {
        var fields = typeof(MetricNames)
            .Assembly.GetTypes()
            .Where(type => type.Name.EndsWith("MetricNames", StringComparison.Ordinal))
            .SelectMany(names => names.GetFields())
            .Where(field => field.FieldType == typeof(Metric))
            .Select(field => (Metric)field.GetValue(null)!)
            .ToList();

        Assert.Equal(
            fields.Select(metric => metric.Name).Order(StringComparer.Ordinal),
            MetricNames.All.Select(metric => metric.Name).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void No_user_label_can_have_the_name_of_a_metrics_own() =>
        Assert.Empty(MetricNames.All.SelectMany(metric => metric.Labels).Except(BackupMetricsJob.Configuration.ReservedLabels.Names));
}
