using BackupMetricsJob.Postgres;
using BenchmarkDotNet.Attributes;

namespace BackupMetricsJob.Benchmarks.Inner;

/// <summary>What does it cost to read how a database is named, as a URI and as keywords?</summary>
public class ConnectionTexts
{
    static readonly LibpqEnvironment Nothing = new(new Dictionary<string, string>(), "/nonexistent", static () => "somebody");

    [Params("URI", "keywords")]
    public string Form { get; set; } = "";

    [Benchmark]
    public object Read()
    {
        var problems = new List<string>();
        var text =
            Form == "URI"
                ? "postgresql://monitor:s3cret@db1.example,db2.example:5433/postgres?sslmode=require&target_session_attrs=primary"
                : "host=db1.example,db2.example port=5432,5433 user=monitor password='s3 cret' dbname=postgres sslmode=require";
        return ConnectionText.TryParse(text, Nothing, problems, out var settings)
            ? settings
            : throw new InvalidOperationException(string.Join('\n', problems));
    }
}
