using System.Net.Http;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using BackupMetricsJob.Tls;

namespace BackupMetricsJob.Http;

/// <summary>
/// Speaks TLS as it was configured, and says in plain words what was wrong with the other side where .NET only says that something was.
/// What it throws about TLS is final: an <see cref="HttpRequestException"/> with an <see cref="AuthenticationException"/> in it.
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
            // It may be about that, and may be not.
            throw new HttpRequestException(
                HttpRequestError.ConnectionError,
                $"{NetworkFailure.Reason(failure)} (it asked for a client certificate, and none is configured)",
                failure
            );
        }
    }

    /// <summary>Null where it is not known to be about TLS, or says so well enough.</summary>
    string? Explain(HttpRequestException failure)
    {
        var innermost = failure.GetBaseException();
        if (innermost is AuthenticationException)
            return _sawCertificate ? null : "it does not speak TLS there: its URL should perhaps begin with http://";

        // What remains is an alert of theirs, which OpenSSL tells; ours are explained by Check.
        var alert = innermost.Message.IndexOf("alert ", StringComparison.Ordinal);
        if (alert < 0 || !IsAboutTls(failure))
            return null;
        var said = innermost.Message[(alert + "alert ".Length)..];
        if (_certificateRequested)
            return $"it wants a client certificate, and none is configured (alert: {said})";
        return _tls?.ClientCertificate is { } own && _sawCertificate
            ? $"it refused our certificate, {own.TargetCertificate.Subject}, or something else of our TLS (alert: {said})"
            : $"it refused our TLS (alert: {said})";
    }

    static bool IsAboutTls(HttpRequestException failure)
    {
        for (Exception? inner = failure; inner is not null; inner = inner.InnerException)
        {
            // OpenSSL's own failure, a type of .NET that nobody can name.
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

    // Called once before the other side has said anything, too.
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
