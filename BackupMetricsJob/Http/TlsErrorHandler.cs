using System.Net.Http;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using BackupMetricsJob.Tls;

namespace BackupMetricsJob.Http;

/// <summary>
/// Applies the TLS settings and explains TLS failures where .NET only reports that one occurred. TLS failures are final: an
/// <see cref="HttpRequestException"/> with an <see cref="AuthenticationException"/> inside.
/// </summary>
internal sealed class TlsErrorHandler : DelegatingHandler
{
    readonly ClientTls? _tls;
    bool _sawCertificate;
    bool _certificateRequested;

    public TlsErrorHandler(SocketsHttpHandler handler, ClientTls? tls)
        : base(handler)
    {
        _tls = tls;
        handler.SslOptions.RemoteCertificateValidationCallback = Check;
        handler.SslOptions.CertificateChainPolicy = tls?.Roots?.Policy();
        if (tls?.ClientCertificate is { } own)
            handler.SslOptions.ClientCertificateContext = own;
        else
            handler.SslOptions.LocalCertificateSelectionCallback = SelectNoCertificate;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        (_sawCertificate, _certificateRequested) = (false, false);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException failure) when (!cancellationToken.IsCancellationRequested && Explain(failure) is { } words)
        {
            throw new HttpRequestException(HttpRequestError.SecureConnectionError, words, new AuthenticationException(words));
        }
        catch (HttpRequestException failure) when (!cancellationToken.IsCancellationRequested && _certificateRequested)
        {
            // The missing client certificate is only a possible cause.
            throw new HttpRequestException(
                HttpRequestError.ConnectionError,
                $"{NetworkFailure.Reason(failure)} (the server asked for a client certificate, and none is configured)",
                failure
            );
        }
    }

    /// <summary>Null if the failure is not about TLS, or its message is already clear.</summary>
    string? Explain(HttpRequestException failure)
    {
        var innermost = failure.GetBaseException();
        if (innermost is AuthenticationException)
            return _sawCertificate ? null : "the server does not speak TLS on this port: should the URL begin with http://?";

        // The rest are alerts from the server, which OpenSSL reports. Check explains our own.
        var alert = innermost.Message.IndexOf("alert ", StringComparison.Ordinal);
        if (alert < 0 || !IsAboutTls(failure))
            return null;
        var said = innermost.Message[(alert + "alert ".Length)..];
        if (_certificateRequested)
            return $"the server requires a client certificate, and none is configured (alert: {said})";
        return _tls?.ClientCertificate is { } own && _sawCertificate
            ? $"the server rejected the client certificate {own.TargetCertificate.Subject} or the TLS settings (alert: {said})"
            : $"the server rejected the TLS settings (alert: {said})";
    }

    static bool IsAboutTls(HttpRequestException failure)
    {
        for (Exception? inner = failure; inner is not null; inner = inner.InnerException)
        {
            // An exception from OpenSSL; its .NET type is internal.
            if (inner.HResult != 0 && inner is not (HttpRequestException or IOException or AuthenticationException))
                return true;
        }

        return false;
    }

    bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
            return false;
        _sawCertificate = true;
        if (errors == SslPolicyErrors.None || _tls is { SkipsVerification: true })
            return true;
        var host = sender is SslStream stream ? stream.TargetHostName : "";
        throw new AuthenticationException(CertificateFault.Describe(certificate, chain, errors, host, _tls?.Roots?.File));
    }

    // Also called once before the handshake, with remoteCertificate null: https://github.com/dotnet/runtime/pull/63200
    X509Certificate SelectNoCertificate(
        object sender,
        string targetHost,
        X509CertificateCollection localCertificates,
        X509Certificate? remoteCertificate,
        string[] acceptableIssuers
    )
    {
        _certificateRequested |= remoteCertificate is not null;
        return null!;
    }
}
