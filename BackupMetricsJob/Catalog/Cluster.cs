namespace BackupMetricsJob.Catalog;

/// <summary>A PostgreSQL cluster, as created by initdb or pg_upgrade.</summary>
internal sealed record Cluster(ulong SystemIdentifier, int? PgVersionNumber);
