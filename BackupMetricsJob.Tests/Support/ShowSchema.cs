namespace BackupMetricsJob.Tests.Support;

/// <summary>docs/show.schema.json as a JSON Schema validator reads it.</summary>
internal static class ShowSchema
{
    public static string File { get; } = Path.Combine(Repository.Root, "docs", "show.schema.json");

    /// <summary>For each document true, or the first error.</summary>
    public static async Task<string[]> VerdictsAsync(params string[] documents)
    {
        var result = await ChildProcess.RunAsync(
            Tool.Find("node", "apt-get install nodejs"),
            [Path.Combine(Repository.Tests, "Configuration", "schema-verdicts.cjs"), File],
            new() { Input = string.Concat(documents.Select(text => text.ReplaceLineEndings(" ") + "\n")) }
        );
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
