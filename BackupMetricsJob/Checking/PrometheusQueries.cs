using System.Text.Json;
using BackupMetricsJob.Http;

namespace BackupMetricsJob.Checking;

/// <summary>Queries that throw if there is no answer, so that the check ends there.</summary>
internal sealed class PrometheusQueries(PrometheusApi api, CancellationToken cancellationToken)
{
    public async Task<int> CountAsync(string expression) => (await SeriesAsync(expression)).Count;

    public async Task<SortedSet<string>> JobsAsync(string metric)
    {
        var jobs = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var series in await SeriesAsync(metric))
        {
            if (series.TryGetProperty("metric", out var labels) && labels.TryGetProperty("job", out var job))
                jobs.Add(job.ToString());
        }

        return jobs;
    }

    public async Task<string> ConfigurationAsync() => Unwrap(await api.ConfigurationAsync(cancellationToken));

    /// <summary>Quotes a text as a PromQL string.</summary>
    public static string Quote(string text) =>
        "\""
        + text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal)
        + "\"";

    async Task<IReadOnlyList<JsonElement>> SeriesAsync(string expression) => Unwrap(await api.QueryAsync(expression, cancellationToken));

    static T Unwrap<T>(ApiResult<T> answer)
        where T : class => answer.Value ?? throw new FailedException(answer.Failure!);

#pragma warning disable CA1032, CA1034, CA1064 // Thrown here, and caught where the check ends.
    internal sealed class FailedException(ApiFailure failure) : Exception
    {
        public ApiFailure Failure { get; } = failure;
    }
#pragma warning restore CA1032, CA1034, CA1064
}
