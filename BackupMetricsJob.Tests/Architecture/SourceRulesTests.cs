using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Architecture;

/// <summary>What holds for every source file of the repository.</summary>
public class SourceRulesTests
{
    const int MaxLines = 300;
    const int MaxWidth = 140;
    const string Raw = "\"\"\"";
    const string Wide =
        "0123456789012345678901234567890123456789012345678901234567890123456789"
        + "0123456789012345678901234567890123456789012345678901234567890123456789";

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
    [InlineData("A.cs", $"\n{Wide} // x", "A.cs:2: 145 columns")]
    [InlineData("A.cs", $"a = {Raw}{Wide}{Raw};\n{Wide} // x", "A.cs:2: 145 columns")]
    [InlineData("BackupMetricsJob.Tests/A.cs", "Thread.Sleep" + "(5);", "BackupMetricsJob.Tests/A.cs:1: a sleep in a test")]
    public void Each_rule_can_fail(string file, string text, string problem) => Assert.Equal([problem], Problems(file, text));

    [Theory]
    [InlineData("BackupMetricsJob/Pushgateway/A.cs")]
    [InlineData("BackupMetricsJob.Tests/Support/A.cs")]
    public void The_product_and_the_support_may_wait(string file) => Assert.Empty(Problems(file, "await Task.Delay" + "(5);"));

    /// <summary>What is data, a query or a list of a tool, is not broken for our sake.</summary>
    [Theory]
    [InlineData($"a = {Raw}\n{Wide}{Wide}\n{Raw};")]
    [InlineData($"a = {Raw}{Wide}{Wide}{Raw};")]
    public void A_raw_string_may_be_wide(string text) => Assert.Empty(Problems("A.cs", text));

    [Fact]
    public void A_file_has_at_most_300_lines()
    {
        Assert.Empty(Problems("A.cs", string.Concat(Enumerable.Repeat("x\n", MaxLines))));
        Assert.Equal(["A.cs: 301 lines"], Problems("A.cs", string.Concat(Enumerable.Repeat("x\n", MaxLines + 1))));
    }

    /// <summary>So that a helper beside them is seen to be one.</summary>
    [Fact]
    public void A_class_with_tests_says_so_in_its_name()
    {
        var withTests = typeof(SourceRulesTests)
            .Assembly.GetTypes()
            .Where(type => type.GetMethods().Any(method => method.IsDefined(typeof(FactAttribute), inherit: true)))
            .ToList();

        Assert.Contains(typeof(SourceRulesTests), withTests);
        Assert.Empty(withTests.Where(type => !type.Name.EndsWith("Tests", StringComparison.Ordinal)).Select(type => type.FullName));
    }

    [Fact]
    public void The_lock_file_of_npm_names_no_registry() =>
        Assert.DoesNotContain(
            "\"resolved\"",
            File.ReadAllText(Path.Combine(Repository.Tests, "package-lock.json")),
            StringComparison.Ordinal
        );

    static IEnumerable<string> Problems(string file, string text)
    {
        var lines = text.TrimEnd('\n').Split('\n');
        if (lines.Length > MaxLines)
            yield return $"{file}: {lines.Length} lines";
        var mayNotSleep =
            file.StartsWith("BackupMetricsJob.Tests/", StringComparison.Ordinal)
            && !file.StartsWith("BackupMetricsJob.Tests/Support/", StringComparison.Ordinal);
        var inRaw = false;
        for (var number = 1; number <= lines.Length; number++)
        {
            var line = lines[number - 1];
            var quotes = Regex.Count(line, Raw);
            if (line.Length > MaxWidth && !inRaw && quotes == 0)
                yield return $"{file}:{number}: {line.Length} columns";
            inRaw ^= quotes % 2 == 1;
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
