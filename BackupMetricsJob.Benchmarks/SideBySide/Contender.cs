namespace BackupMetricsJob.Benchmarks.SideBySide;

/// <summary>A program that does the work once and ends.</summary>
/// <param name="Name">As the table has it.</param>
/// <param name="Job">The label job of the group that it pushes, by which its push is found.</param>
internal sealed record Contender(string Name, string Job, IReadOnlyList<string> Command)
{
    public const string Native = "backup-metrics";
    public const string Jit = "the same, `dotnet backup-metrics.dll`";
    public const string C = "C (libpq, libcurl), a query at a time";
    public const string CPipeline = "C, all queries in one round trip";
    public const string Python = "Python (psycopg2, prometheus_client)";

    /// <summary>All of them, each with the same database, gateway and SQL.</summary>
    public static IReadOnlyList<Contender> Of(Servers servers)
    {
        var peers = Path.GetFullPath("BackupMetricsJob.Benchmarks/Peers");
        // libpq looks for Kerberos tickets unless told not to; lib/pq does not know the word.
        string[] libpq = [servers.Connection + "&gssencmode=disable", servers.Gateway.GetLeftPart(UriPartial.Authority), servers.Sql];
        return
        [
            Ours(Native, "bench_native", servers.Built("native/backup-metrics")),
            Ours(Jit, "bench_jit", "dotnet", Path.GetFullPath("BackupMetricsJob/bin/Release/net10.0/backup-metrics.dll")),
            new(C, "bench_c", [servers.Built("peers/run-c"), .. libpq]),
            new(CPipeline, "bench_c_pipeline", [servers.Built("peers/run-c-pipeline"), .. libpq]),
            new("Go (lib/pq, client_golang)", "bench_go", [servers.Built("peers/run-go"), servers.Connection, .. libpq[1..]]),
            new("bash: `psql`, `awk`, `curl`", "bench_psql", [Path.Combine(peers, "run.sh"), .. libpq]),
            new(Python, "bench_python", ["/usr/bin/python3", Path.Combine(peers, "run.py"), .. libpq]),
        ];

        Contender Ours(string name, string job, params string[] program) =>
            new(
                name,
                job,
                [
                    .. program,
                    "run",
                    "--connection",
                    servers.Connection,
                    "--instance",
                    "orders",
                    "--label",
                    "team=payments",
                    "--gateway",
                    servers.Gateway.GetLeftPart(UriPartial.Authority),
                    "--job",
                    job,
                ]
            );
    }
}
