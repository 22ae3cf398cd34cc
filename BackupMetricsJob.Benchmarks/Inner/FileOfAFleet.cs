using System.Globalization;
using System.Text;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Configuration.File;
using BenchmarkDotNet.Attributes;

namespace BackupMetricsJob.Benchmarks.Inner;

/// <summary>What does it cost to read a file of 1,000 targets?</summary>
public class FileOfAFleet
{
    const int Targets = 1000;

    string _file = "";

    [GlobalSetup]
    public void Write()
    {
        var text = new StringBuilder(
            "job: fleet\ndefaults:\n  connection: {user: monitor, sslmode: require}\n  labels: {env: prod}\n  max_age: {base: "
                + "{warning: 26h, critical: 50h}}\ntargets:\n"
        );
        for (var i = 0; i < Targets; i++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $$"""
                - name: server-{{i}}
                  connection: postgresql://db{{i}}.example:5432/postgres
                  password_file: password
                  labels: {team: t{{i % 50}}, tier: "{{i % 3}}"}
                  max_age:
                    base: {warning: 30h, critical: 60h}
                    wal: none
                  timeout: 20s

                """
            );
        }

        _file = Path.GetTempFileName();
        File.WriteAllText(_file, text.ToString());
    }

    [GlobalCleanup]
    public void Remove() => File.Delete(_file);

    [Benchmark]
    public int Read()
    {
        var problems = new List<Problem>();
        var read = FileReader.Read(new("--config", ProblemOrigin.Flag, _file), null, problems).Targets.Count;
        return read == Targets && problems.Count == 0
            ? read
            : throw new InvalidOperationException(problems.FirstOrDefault()?.Text ?? $"{read} targets");
    }
}
