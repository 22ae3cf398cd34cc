using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Checking;

/// <summary>The findings of a run about a target, and some that only matter during setup.</summary>
internal static class TargetFindings
{
    public static IReadOnlyList<Finding> For(MonitoredTarget target, ProbeResult result)
    {
        var findings = new List<Finding>(Findings.For(result));
        if (target.Target?.Connection is { } connection)
        {
            foreach (var warning in connection.Warnings)
                findings.Add(new(false, warning, ""));
            AddEncryption(findings, connection, result.ConnectedTo);
        }

        if (
            result.Server is { IsNonArchivingStandby: false, ArchiveMode: not "off", Wal.ArchiveTimeout: var timeout }
            && timeout == TimeSpan.Zero
            && result.Instance.Limits.Any(limit => limit.Type == LimitType.Wal)
        )
        {
            findings.Add(
                new(
                    false,
                    "archive_timeout is 0: WAL is archived only when a segment is full, so a quiet server may lose hours of work",
                    "ALTER SYSTEM SET archive_timeout = '5min'; SELECT pg_reload_conf();"
                )
            );
        }

        AddCopies(findings, result);
        AddWindow(findings, result);
        return findings;
    }

    static void AddCopies(List<Finding> findings, ProbeResult result)
    {
        var several = result.Found.Count(facts => Copies.AreInSeveral(facts.Storages)) + (Copies.AreInSeveral(result.Storages) ? 1 : 0);
        if (result.Instance.Copies is null && several > 0)
            findings.Add(
                new(
                    false,
                    $"{Humanize.Count(several, "server")} {(several == 1 ? "has" : "have")} backups in more than one storage, "
                        + "and copies is not set: a storage that falls behind is not reported",
                    "Set copies, in the file or by --copies, to how many of them must have a backup that is new enough."
                )
            );
        else if (
            result.Instance is { Copies: > 1 }
            && !result.Instance.Sources.Contains(SourceName.Catalog)
            && result.SourcesThatAnswered.Count > 0
        )
            findings.Add(
                new(
                    false,
                    $"copies is {result.Instance.Copies}, and no source of this target knows in which storages backups are",
                    "Add the source catalog, unless another target's catalogue has this server."
                )
            );
    }

    static void AddWindow(List<Finding> findings, ProbeResult result)
    {
        if (
            result.Instance.Window.Count > 0
            && result.Instance.Sources.All(source => source == SourceName.Server)
            && result.SourcesThatAnswered.Count > 0
        )
            findings.Add(
                new(
                    false,
                    "window is set, and no source of this target knows its oldest backup",
                    "Add the source catalog, query or pgmonitor, unless another target's catalogue has this server."
                )
            );
    }

    // A connection within this machine needs no encryption.
    static void AddEncryption(List<Finding> findings, ConnectionSettings connection, ConnectedServer? connected)
    {
        if (connected is null || connection.HasLocalHost)
            return;
        if (connected.Tls is null)
            findings.Add(
                new(
                    false,
                    "the connection is not encrypted",
                    "Set ssl = on at the server, and sslmode=verify-full with sslrootcert in the connection."
                )
            );
        else if (!connection.Tls.Verifies)
            findings.Add(
                new(
                    false,
                    "the server's certificate is not checked, "
                        + $"so another host could impersonate it (sslmode={Spelling(connection.Tls.Mode)})",
                    "Set sslmode=verify-full with sslrootcert."
                )
            );
    }

    static string Spelling(TlsMode mode) =>
        mode switch
        {
            TlsMode.Allow => "allow",
            TlsMode.Prefer => "prefer",
            _ => "require",
        };
}
