namespace BackupMetricsJob.Catalog;

/// <summary>A PostgreSQL cluster: what initdb or pg_upgrade made.</summary>
internal sealed record Cluster(ulong SystemIdentifier, int? PgVersionNumber);
