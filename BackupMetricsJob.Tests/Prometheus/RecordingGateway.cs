using System.Net;
using System.Net.Http;

namespace BackupMetricsJob.Tests.PrometheusRoom;

/// <summary>Stands where the network is: records each request and answers with one status.</summary>
sealed class RecordingGateway(HttpStatusCode answer = HttpStatusCode.OK) : HttpMessageHandler
{
    readonly List<Request> _requests = [];
    readonly List<(int Count, TaskCompletionSource Reached)> _awaited = [];

    public IReadOnlyList<Request> Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    /// <summary>Ends when so many requests have come, fails after half a minute.</summary>
    public Task Received(int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_requests)
        {
            if (_requests.Count >= count)
                return Task.CompletedTask;

            _awaited.Add((count, reached));
        }

        return reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsStringAsync(cancellationToken);
        lock (_requests)
        {
            _requests.Add(new Request(request.Method.Method, request.RequestUri!.AbsoluteUri, $"{request.Content.Headers.ContentType}", body));
            _awaited.FindAll(awaited => awaited.Count <= _requests.Count).ForEach(awaited => awaited.Reached.TrySetResult());
        }

        return new HttpResponseMessage(answer);
    }

    internal sealed record Request(string Method, string Address, string ContentType, string Body);
}
