using System.Diagnostics;
using System.Text;

namespace BackupMetricsJob.Tests.Configuration;

/// <summary>Ten thousand targets in one file.</summary>
public sealed class BigFileTests
{
    const int Targets = 10_000;

    [Fact]
    public void Ten_thousand_targets_are_read_with_little_memory_and_time()
    {
        using var file = new ConfigurationFile(Text());
        file.Add("password", "s3cret\n");
        file.Read();

        var (allocated, started) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        var job = file.Read();
        var elapsed = Stopwatch.GetElapsedTime(started);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

        // The limit only detects quadratic growth, so that a busy machine does not fail.
        Assert.Equal(Targets, job.Targets.Count);
        Assert.True(allocated < 200 << 20 && elapsed < TimeSpan.FromSeconds(20), $"{allocated >> 20} MiB allocated, {elapsed}");
    }

    static string Text()
    {
        var text = new StringBuilder(
            "job: fleet\ndefaults:\n  connection: {user: monitor, sslmode: require}\n  labels: {env: prod}\n  max_age: {base: "
                + "{warning: 26h, critical: 50h}}\ntargets:\n"
        );
        for (var i = 0; i < Targets; i++)
        {
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $$"""
                - name: server-{{i}}
                  connection: postgresql://db{{i}}.example:5432/postgres
                  password_file: FOLDER/password
                  labels: {team: t{{i % 50}}, tier: "{{i % 3}}"}
                  max_age:
                    base: {warning: 30h, critical: 60h}
                    wal: none
                  timeout: 20s

                """
            );
        }

        return text.ToString();
    }
}
