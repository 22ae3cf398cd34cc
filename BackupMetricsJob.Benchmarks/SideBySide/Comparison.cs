namespace BackupMetricsJob.Benchmarks.SideBySide;

/// <summary>
/// One run of every contender in each round, in an order drawn anew. What they left at the gateway is compared before the first round and
/// after the last, so that nobody measures less work, or a failure.
/// </summary>
internal static class Comparison
{
    public static int Run(int rounds, Servers servers)
    {
        var contenders = Contender.Of(servers);
        var medians = new Medians();
        Cost? launcher = null;
        var started = 0.0;
        for (var round = 0; round <= rounds; round++)
        {
            started = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
            launcher = Cost.Of(["/bin/true"], servers, out var problem);
            foreach (var contender in InRandomOrder(contenders))
            {
                var cost = Cost.Of(contender.Command, servers, out problem);
                if (cost is null)
                    return Failed(problem);
                if (round > 0)
                    medians.Add(contender.Name, cost);
            }

            if (round == 0 && GatewayContent.Problem(servers, contenders, started) is { } different)
                return Failed(different);
        }

        if (GatewayContent.Problem(servers, contenders, started) is { } changed)
            return Failed(changed);
        Print(rounds, contenders, medians, launcher);
        return 0;
    }

    static int Failed(string problem)
    {
        Console.Error.WriteLine("bench: " + problem);
        return 69;
    }

    static Contender[] InRandomOrder(IReadOnlyList<Contender> contenders)
    {
        Contender[] order = [.. contenders];
#pragma warning disable CA5394 // The order is no secret.
        Random.Shared.Shuffle(order);
#pragma warning restore CA5394
        return order;
    }

    static void Print(int rounds, IReadOnlyList<Contender> contenders, Medians medians, Cost? launcher)
    {
        var table = new MarkdownTable("", "wall ms", "to C", "to Python", "CPU ms", "to C", "to Python", "peak MiB", "gateway's CPU ms");
        foreach (var name in contenders.Select(contender => contender.Name))
        {
            table.Add(
                name,
                $"{medians.Of(name, cost => cost.Wall):f0}",
                $"{medians.Ratio(name, Contender.C, cost => cost.Wall):f2}",
                $"{medians.Ratio(name, Contender.Python, cost => cost.Wall):f2}",
                $"{medians.Of(name, cost => cost.Cpu):f0}",
                $"{medians.Ratio(name, Contender.C, cost => cost.Cpu):f2}",
                $"{medians.Ratio(name, Contender.Python, cost => cost.Cpu):f2}",
                $"{medians.Of(name, cost => cost.Peak):f1}",
                $"{medians.Of(name, cost => cost.Gateway):f1}"
            );
        }

        Console.WriteLine(
            $"\nOne run, {rounds} rounds; {GatewayContent.Samples} samples in each push; `/bin/true` measured alike: "
                + $"{launcher?.Wall:f1} ms, {launcher?.Peak:f1} MiB\n"
        );
        table.Print();
        Console.WriteLine();
        Goals.Print(medians);
    }
}
