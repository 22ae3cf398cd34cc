using BackupMetricsJob.Checking;
using BackupMetricsJob.Tests.Configuration;

namespace BackupMetricsJob.Tests.Checking;

/// <summary>What `check` says of settings that are valid and not meant so.</summary>
public sealed class SettingsFindingsTests
{
    const string Targets = "interval: 5m\ntargets: [{name: orders, connection: host=h user=u}]\n";

    [Fact]
    public void A_textfile_needs_no_gateway()
    {
        using var file = new ConfigurationFile("textfile: b.prom\n" + Targets);

        Assert.Empty(SettingsFindings.For(file.Read(push: true)));
    }

    [Fact]
    public void Nothing_to_deliver_to_is_a_finding()
    {
        using var file = new ConfigurationFile(Targets);

        Assert.Contains("no gateway", Assert.Single(SettingsFindings.For(file.Read())).Summary, StringComparison.Ordinal);
    }
}
