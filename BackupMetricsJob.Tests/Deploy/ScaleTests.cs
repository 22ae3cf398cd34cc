using System.Globalization;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>The memory limits of the manifests follow from the figures in docs/scale.md.</summary>
public sealed partial class ScaleTests
{
    static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "scale.md"));

    [Fact]
    public void The_manifests_have_room_for_the_number_of_databases_that_they_name()
    {
        var gateway = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "kubernetes", "pushgateway.yaml"));
        var perDatabase = Gateway(10_000) / 10_000;

        var named = Number(Named().Match(gateway).Groups[1].Value);
        Assert.InRange(Limit(gateway), 1.25 * named * perDatabase, 3 * named * perDatabase);
        Assert.InRange(1024 * MiB, 1.2 * Gateway(10_000), 2 * Gateway(10_000));
        Assert.True(Gateway(1_000) < Limit(gateway) / 2, "the one for 1,000 databases");
    }

    /// <summary>The bytes of the Pushgateway in the row of that many databases.</summary>
    static double Gateway(int databases)
    {
        var row = Text.Split('\n').First(line => line.StartsWith($"| {databases:N0} |", StringComparison.InvariantCulture));
        return Number(row.Split('|')[4].Replace("MB", "", StringComparison.Ordinal).Trim()) * 1_000_000;
    }

    const double MiB = 1 << 20;

    static double Limit(string manifest) => Number(Memory().Match(manifest).Groups[1].Value) * MiB;

    static double Number(string text) =>
        double.Parse(text, NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    [GeneratedRegex("# For up to ([0-9,]+) databases")]
    private static partial Regex Named();

    [GeneratedRegex(@"limits: \{memory: ([0-9]+)Mi\}")]
    private static partial Regex Memory();
}
