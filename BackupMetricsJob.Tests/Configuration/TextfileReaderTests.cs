namespace BackupMetricsJob.Tests.Configuration;

/// <summary>The setting textfile: where it may be, and what it spares.</summary>
public sealed class TextfileReaderTests
{
    const string Targets = "targets: [{name: orders, connection: host=h user=u}, {name: stock, connection: host=h user=u}]\n";

    [Fact]
    public void It_is_relative_to_the_file_and_needs_no_gateway()
    {
        using var file = new ConfigurationFile("textfile: b.prom\n" + Targets);

        var job = file.Read(push: true);

        Assert.Equal((0, Path.Combine(file.Folder, "b.prom")), (job.Gateways.Count, job.Textfile));
        Assert.Equal("/x/y.prom", file.Read(["textfile=/x/y.prom"], ["BACKUP_METRICS_TEXTFILE=/z.prom"], push: true).Textfile);
        Assert.Equal("/z.prom", file.Read([], ["BACKUP_METRICS_TEXTFILE=/z.prom"], push: true).Textfile);
        Assert.Null(file.Read().Textfile);
    }

    [Fact]
    public void Another_ending_is_refused()
    {
        using var file = new ConfigurationFile("textfile: b.txt\n" + Targets);

        Assert.Contains(
            "main.yaml:1:11: textfile \"b.txt\": must be a file whose name ends in .prom",
            file.Problems(push: true),
            StringComparison.Ordinal
        );
        using var other = new ConfigurationFile(Targets);
        Assert.Contains(
            "--textfile \"b\": must be a file whose name ends",
            other.Problems(["textfile=b"], push: true),
            StringComparison.Ordinal
        );
        Assert.Contains("--gateway is missing", other.Problems(push: true), StringComparison.Ordinal);
    }

    [Fact]
    public void A_subset_does_not_replace_the_file_of_all_targets()
    {
        using var file = new ConfigurationFile("gateway: {url: http://gw:9091}\ntextfile: b.prom\n" + Targets);

        var job = file.Read(["target=stock", "grouping=part=x"], push: true);

        Assert.Null(job.Textfile);
        Assert.Contains("is not written, because it has all targets", Assert.Single(job.Warnings), StringComparison.Ordinal);
        Assert.Equal("/s.prom", file.Read(["target=stock", "grouping=part=x", "textfile=/s.prom"], push: true).Textfile);
    }

    /// <summary>Without a group of its own, its series would be those of the file of all targets.</summary>
    [Fact]
    public void A_file_of_a_subset_needs_a_group_of_its_own()
    {
        using var file = new ConfigurationFile("textfile: b.prom\n" + Targets);

        Assert.Contains(
            "--textfile: with --target it needs --grouping NAME=VALUE, too",
            file.Problems(["target=stock", "textfile=/s.prom"], push: true),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "the metrics are printed, not pushed or written",
            Assert.Single(file.Read(["target=stock"], push: true).Warnings),
            StringComparison.Ordinal
        );
        Assert.Equal("/s.prom", file.Read(["target=stock", "textfile=/s.prom", "grouping=part=x"], push: true).Textfile);
    }

    [Fact]
    public void Shards_do_not_share_it()
    {
        using var file = new ConfigurationFile("textfile: b.prom\n" + Targets);

        Assert.Contains("cannot be the file of every shard", file.Problems(["shard=0/2"], push: true), StringComparison.Ordinal);
        Assert.Equal("/s0.prom", file.Read(["shard=0/2", "textfile=/s0.prom"], push: true).Textfile);
    }
}
