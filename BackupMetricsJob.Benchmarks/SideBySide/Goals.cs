namespace BackupMetricsJob.Benchmarks.SideBySide;

/// <summary>What was aimed at, beside what was measured.</summary>
internal static class Goals
{
    public static void Print(Medians medians)
    {
        var table = new MarkdownTable("goal", "at most", "measured", "");
        Add("standalone, wall to C", 3.2, medians.Ratio(Contender.Standalone, Contender.C, cost => cost.Wall));
        Add("standalone, wall to Python", 0.85, medians.Ratio(Contender.Standalone, Contender.Python, cost => cost.Wall));
        Add("standalone, CPU to C", 5.8, medians.Ratio(Contender.Standalone, Contender.C, cost => cost.Cpu));
        Add("standalone, peak MiB", 42, medians.Of(Contender.Standalone, cost => cost.Peak));
        Add("framework-dependent, wall to not compiled ahead", 0.5, medians.Ratio(Contender.Framework, Contender.Jit, cost => cost.Wall));
        table.Print();

        void Add(string goal, double most, double measured) => table.Add(goal, $"{most:0.##}", $"{measured:0.00}", measured <= most ? "met" : "missed");
    }
}
