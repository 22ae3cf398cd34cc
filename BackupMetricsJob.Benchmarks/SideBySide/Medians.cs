namespace BackupMetricsJob.Benchmarks.SideBySide;

/// <summary>The rounds of a comparison: the same contenders in each, so that what the machine does beside them meets all of them.</summary>
internal sealed class Medians
{
    readonly Dictionary<string, List<Cost>> _costs = [];

    public void Add(string contender, Cost cost)
    {
        if (!_costs.TryGetValue(contender, out var costs))
            _costs[contender] = costs = [];
        costs.Add(cost);
    }

    public double Of(string contender, Func<Cost, double> value) => Median(_costs[contender].Select(value));

    /// <summary>The median of the ratios of each round.</summary>
    public double Ratio(string contender, string to, Func<Cost, double> value) =>
        Median(_costs[contender].Zip(_costs[to], (cost, other) => value(cost) / value(other)));

    static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
