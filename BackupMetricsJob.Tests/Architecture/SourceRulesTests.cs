using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Architecture;

/// <summary>What holds for every source file of the repository.</summary>
public class SourceRulesTests
{
    const int MostLines = 300;

    [Fact]
    public void No_file_is_long_and_none_has_regions_or_conditional_code_and_no_test_sleeps()
    {
        var files = Directory.GetDirectories(Repository.Root, "BackupMetricsJob*").SelectMany(Sources).ToList();

        Assert.Contains(files, file => file.EndsWith("BackupMetricsJob/Program.cs", StringComparison.Ordinal));
        Assert.Empty(files.SelectMany(file => Problems(Path.GetRelativePath(Repository.Root, file), File.ReadAllText(file))));
    }

    [Theory]
    [InlineData("BackupMetricsJob/Cli/A.cs", "class A;\n  #if DEBUG\n", "BackupMetricsJob/Cli/A.cs:2: #if")]
    [InlineData("BackupMetricsJob/Cli/A.cs", "#region A\n", "BackupMetricsJob/Cli/A.cs:1: #region")]
    [InlineData("BackupMetricsJob.Tests/A.cs", "\n\nawait Task.Delay" + "(5);", "BackupMetricsJob.Tests/A.cs:3: a sleep in a test")]
    [InlineData("BackupMetricsJob.Tests/A.cs", "Thread.Sleep" + "(5);", "BackupMetricsJob.Tests/A.cs:1: a sleep in a test")]
    public void Each_rule_can_fail(string file, string text, string problem) => Assert.Equal([problem], Problems(file, text));

    [Theory]
    [InlineData("BackupMetricsJob/Pushgateway/A.cs")]
    [InlineData("BackupMetricsJob.Tests/Support/A.cs")]
    public void The_product_and_the_support_may_wait(string file) => Assert.Empty(Problems(file, "await Task.Delay" + "(5);"));

    [Fact]
    public void Three_hundred_lines_are_enough()
    {
        Assert.Empty(Problems("A.cs", string.Concat(Enumerable.Repeat("x\n", MostLines))));
        Assert.Equal(["A.cs: 301 lines"], Problems("A.cs", string.Concat(Enumerable.Repeat("x\n", MostLines + 1))));
    }

    [Fact]
    public void The_lock_file_of_npm_names_no_registry() =>
        Assert.DoesNotContain("\"resolved\"", File.ReadAllText(Path.Combine(Repository.Tests, "package-lock.json")), StringComparison.Ordinal);

    static IEnumerable<string> Problems(string file, string text)
    {
        var lines = text.TrimEnd('\n').Split('\n');
        if (lines.Length > MostLines)
            yield return $"{file}: {lines.Length} lines";
        var mayNotSleep = file.StartsWith("BackupMetricsJob.Tests/", StringComparison.Ordinal)
            && !file.StartsWith("BackupMetricsJob.Tests/Support/", StringComparison.Ordinal);
        for (var number = 1; number <= lines.Length; number++)
        {
            var line = lines[number - 1];
            if (Regex.Match(line, @"^\s*(#if|#region)\b") is { Success: true } directive)
                yield return $"{file}:{number}: {directive.Groups[1].Value}";
            if (mayNotSleep && Regex.IsMatch(line, @"\b(Thread\.Sleep|Task\.Delay)\("))
                yield return $"{file}:{number}: a sleep in a test";
        }
    }

    static IEnumerable<string> Sources(string folder) =>
        Path.GetFileName(folder) is "bin" or "obj" or "node_modules"
            ? []
            : Directory.GetFiles(folder, "*.cs").Concat(Directory.GetDirectories(folder).SelectMany(Sources));
}
