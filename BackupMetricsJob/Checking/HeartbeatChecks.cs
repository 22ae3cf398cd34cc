using BackupMetricsJob.Configuration;
using BackupMetricsJob.Http;

namespace BackupMetricsJob.Checking;

/// <summary>
/// Checks whether the service of a heartbeat can be reached. It is only connected to: a call would count as one of a run, and no such
/// service has a call that counts for nothing.
/// </summary>
internal static class HeartbeatChecks
{
    static readonly TimeSpan Max = TimeSpan.FromSeconds(10);

    /// <returns>One check for each server that is called.</returns>
    public static Task<HeartbeatCheck[]> RunAsync(JobOptions job, TimeProvider time, CancellationToken cancellationToken)
    {
        var urls = new[] { job.Heartbeat?.Success, job.Heartbeat?.Start, job.Heartbeat?.Fail };
        return Task.WhenAll(
            urls.OfType<Uri>()
                .Select(url => url.GetLeftPart(UriPartial.Authority))
                .Distinct()
                .Select(server => RunAsync(server, job.Deadline < Max ? job.Deadline : Max, time, cancellationToken))
        );
    }

    static async Task<HeartbeatCheck> RunAsync(string server, TimeSpan max, TimeProvider time, CancellationToken cancellationToken)
    {
        var url = new Uri(server);
        var failure = await Transport.TryAsync(url, max, time, cancellationToken);
        if (failure is null)
            return new(
                server,
                ServerStatus.Ok,
                [$"accepts connections{(url.Scheme == Uri.UriSchemeHttps ? " with TLS" : "")}", "not called: a call would count as a run"],
                []
            );
        if (cancellationToken.IsCancellationRequested)
            return new(server, ServerStatus.Unknown, [], []);
        return new(
            server,
            ServerStatus.Unreachable,
            [],
            [
                new(
                    true,
                    $"it could not be reached: {failure}",
                    "Check the URL of the heartbeat, and that this host may connect to it. Until then it rings although runs succeed."
                ),
            ]
        );
    }
}
