namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// How a throw-away PostgreSQL is made. What is not said stays as PostgreSQL has it, except what only takes time: fsync, zeros in new
/// WAL files, processes and memory that no test needs, and template0.
/// </summary>
internal sealed record PostgresOptions
{
    /// <summary>The major version: the distribution's, or one from npm (13, 15, 17, 18).</summary>
    public int Version { get; init; } = PostgresBinaries.Distribution.Version;

    public int SegmentSizeMegabytes { get; init; } = 16;

    public string Superuser { get; init; } = "postgres";

    /// <summary>Turns archive_mode on, with a command that copies each segment to <see cref="PostgresServer.ArchiveDirectory"/>.</summary>
    public bool Archiving { get; init; }

    /// <summary>TLS with a certificate that vouches for itself: <see cref="PostgresServer.CertificateFile"/>.</summary>
    public bool Tls { get; init; }

    /// <summary>Lines for postgresql.conf. In a value, <c>{archive}</c> stands for the server's archive folder.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>Lines for pg_hba.conf. The superuser can always come in by the Unix socket: the support itself needs that.</summary>
    public IReadOnlyList<string> Hba { get; init; } =
    ["local all all trust", "local replication all trust", "host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"];
}
