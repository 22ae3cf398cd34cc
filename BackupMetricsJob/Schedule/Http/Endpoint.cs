using System.Net.Sockets;
using BackupMetricsJob.Schedule.Options;
using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BackupMetricsJob.Schedule.Http;

/// <summary>
/// The daemon's HTTP server, from <see cref="StartAsync"/> to <see cref="StopAsync"/>. Resources are limited per client and in total, so
/// that slow clients delay neither a run nor the shutdown.
/// </summary>
internal sealed class Endpoint(WebApplication app) : IAsyncDisposable
{
    const int MaxConnections = 100;
    const int MaxHeaderBytes = 16 * 1024;
    static readonly TimeSpan ForHeaders = TimeSpan.FromSeconds(10);
    static readonly TimeSpan ForNextRequest = TimeSpan.FromSeconds(20);
    static readonly MinDataRate SlowestReader = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    static readonly TimeSpan ForHandshake = TimeSpan.FromSeconds(10);
    static readonly TimeSpan ForEnd = TimeSpan.FromSeconds(1);

    /// <summary>Null if the address is unusable; the reason is logged.</summary>
    public static async Task<Endpoint?> StartAsync(
        ListenAddress address,
        WebSettings web,
        ScheduleState state,
        ScheduleLog log,
        TimeProvider time
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, address, web));
        var app = builder.Build();
        app.Run(new EndpointResponses(web, state, await ScrapeText.OfBuildAsync(state.Now.Build), log, time).AnswerAsync);
        try
        {
            await app.StartAsync();
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            await app.DisposeAsync();
            log.Error("listen", $"--listen {address}: cannot listen: {Why(failure)}");
            return null;
        }

        foreach (var url in app.Urls)
            log.Info(
                "listen",
                $"listening on {url}{(web.Current.Users.IsEmpty ? "" : ", with users")}",
                json => json.WriteString("url", url)
            );
        return new(app);
    }

    /// <summary>Stops within a second, even if clients are still reading.</summary>
    public async Task StopAsync()
    {
        using var limit = new CancellationTokenSource(ForEnd);
        await app.StopAsync(limit.Token);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    static void Configure(KestrelServerOptions kestrel, ListenAddress address, WebSettings web)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.Limits.RequestHeadersTimeout = ForHeaders;
        kestrel.Limits.KeepAliveTimeout = ForNextRequest;
        kestrel.Limits.MinResponseDataRate = SlowestReader;
        kestrel.Limits.MaxRequestBodySize = 0;
        if (address.Address is { } one)
            kestrel.Listen(one, address.Port, Listen);
        else
            kestrel.ListenAnyIP(address.Port, Listen);

        void Listen(ListenOptions options)
        {
            options.Protocols = HttpProtocols.Http1;
            if (web.Current.Tls is null)
                return;
            options.UseHttps(
                new TlsHandshakeCallbackOptions { HandshakeTimeout = ForHandshake, OnConnection = _ => new(web.Current.Tls!.Options) }
            );
        }
    }

    static string Why(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is not SocketException socket)
                continue;
            return socket.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another process uses the port",
                SocketError.AddressNotAvailable => "this host has no such address",
                SocketError.AccessDenied => "permission denied (ports below 1024 require root)",
                _ => socket.Message,
            };
        }

        return PlainText.OnOneLine(failure.Message);
    }

    /// <summary>
    /// Disables the host's default, ConsoleLifetime, because the daemon handles signals itself:
    /// https://github.com/dotnet/extensions/issues/574
    /// </summary>
#pragma warning disable CA1812 // Instantiated by the host.
    sealed class NoSignals : IHostLifetime
#pragma warning restore CA1812
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
