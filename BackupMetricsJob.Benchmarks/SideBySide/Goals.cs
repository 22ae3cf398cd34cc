namespace BackupMetricsJob.Benchmarks.SideBySide;

/// <summary>What was aimed at, beside what was measured.</summary>
internal static class Goals
{
    public static void Print(Medians medians)
    {
        var table = new MarkdownTable("goal", "at most", "measured", "");
        Add("wall to C", 1.4, medians.Ratio(Contender.Native, Contender.C, cost => cost.Wall));
        Add("CPU to C", 1.35, medians.Ratio(Contender.Native, Contender.C, cost => cost.Cpu));
        Add("wall to Python", 0.33, medians.Ratio(Contender.Native, Contender.Python, cost => cost.Wall));
        Add("peak MB", 24, medians.Of(Contender.Native, cost => cost.Peak) * 1.048576);
        table.Print();

        void Add(string goal, double most, double measured) =>
            table.Add(goal, $"{most:0.##}", $"{measured:0.00}", measured <= most ? "met" : "missed");
    }
}
