using System.IO.Compression;
using System.Text;
using BackupMetricsJob.Schedule.Page;
using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.State;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace BackupMetricsJob.Schedule.Http;

/// <summary>Responds from memory. A request queries no database and waits for no run.</summary>
internal sealed class EndpointResponses(WebSettings web, ScheduleState state, ScrapeText beforeFirstRun, ScheduleLog log, TimeProvider time)
{
    const string PlainText = "text/plain; charset=utf-8";
    const string MetricsText = "text/plain; version=0.0.4; charset=utf-8";
    const int Piece = 16 * 1024;

    static readonly UTF8Encoding Utf8 = new(false);

    /// <summary>Never throws. A bug is logged and gives 500; a client that is gone gets nothing.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        try
        {
            await DecideAsync(context);
        }
#pragma warning disable CA1031 // The client is gone.
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
#pragma warning restore CA1031
        {
            // The client is gone, or was too slow.
        }
#pragma warning disable CA1031 // A bug fails one response, is logged, and does not end the daemon.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            log.Error("bug", $"bug: {bug.GetType().Name}: {bug.Message}", json => json.WriteString("stack", bug.StackTrace));
            if (context.Response.HasStarted)
                context.Abort();
            else
                await WriteLineAsync(context, StatusCodes.Status500InternalServerError, "a bug; see the log");
        }
    }

    async Task DecideAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        if (!await web.Current.Users.AuthenticateAsync(request.Headers.Authorization.ToString(), context.RequestAborted))
        {
            response.Headers.WWWAuthenticate = "Basic realm=\"backup-metrics\", charset=\"UTF-8\"";
            await WriteLineAsync(context, StatusCodes.Status401Unauthorized, "Unauthorized");
        }
        else if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            response.Headers.Allow = "GET, HEAD";
            response.Headers.Connection = "close";
            await WriteLineAsync(context, StatusCodes.Status405MethodNotAllowed, "must be GET or HEAD");
        }
        else if (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0)
        {
            response.Headers.Connection = "close";
            await WriteLineAsync(context, StatusCodes.Status413PayloadTooLarge, "must be without a body");
        }
        else
            await RouteAsync(context);
    }

    Task RouteAsync(HttpContext context) =>
        context.Request.Path.Value switch
        {
            "/metrics" => MetricsAsync(context),
            "/healthz" => WriteLineAsync(context, Readiness.HealthProblem(state.Now, time), "alive"),
            "/readyz" => WriteLineAsync(context, Readiness.ReadinessProblem(state.Now, time.GetUtcNow()), "ready"),
            "/" => PageAsync(context),
            _ => WriteLineAsync(context, StatusCodes.Status404NotFound, "must be /, /metrics, /healthz or /readyz"),
        };

    async Task MetricsAsync(HttpContext context)
    {
        var text = state.Now.NewestRun?.Series ?? beforeFirstRun;
        context.Response.ContentType = MetricsText;
        context.Response.Headers.Vary = "Accept-Encoding";
        if (TakesGzip(context.Request))
        {
            context.Response.Headers.ContentEncoding = "gzip";
            context.Response.ContentLength = text.Gzip.Length;
            await context.Response.Body.WriteAsync(text.Gzip, context.RequestAborted);
            return;
        }

        if (HttpMethods.IsHead(context.Request.Method))
            return;
        await using var plain = text.Open();
        await plain.CopyToAsync(context.Response.Body, Piece, context.RequestAborted);
    }

    async Task PageAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = PageParts.ContentSecurityPolicy;
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.XFrameOptions = "DENY";
        response.Headers.Vary = "Accept-Encoding";
        var isGzip = TakesGzip(context.Request);
        if (isGzip)
            response.Headers.ContentEncoding = "gzip";
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        if (!isGzip)
        {
            await WriteAsync(response.Body, context.RequestAborted);
            return;
        }

        await using var gzip = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await WriteAsync(gzip, context.RequestAborted);
    }

    async Task WriteAsync(Stream body, CancellationToken cancellationToken)
    {
        foreach (var piece in StatusPage.Render(state.Now, time.GetUtcNow()))
            await body.WriteAsync(Utf8.GetBytes(piece), cancellationToken);
    }

    static Task WriteLineAsync(HttpContext context, string? problem, string well) =>
        WriteLineAsync(context, problem is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, problem ?? well);

    static async Task WriteLineAsync(HttpContext context, int status, string line)
    {
        var bytes = Utf8.GetBytes(line.ReplaceLineEndings(" ") + "\n");
        context.Response.StatusCode = status;
        context.Response.ContentType = PlainText;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    static bool TakesGzip(HttpRequest request) =>
        StringWithQualityHeaderValue.TryParseList([request.Headers.AcceptEncoding.ToString()], out var codings)
        && codings.Any(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);
}
