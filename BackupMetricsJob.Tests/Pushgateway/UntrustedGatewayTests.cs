using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

public class UntrustedGatewayTests
{
    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_ends_the_push_at_once_and_nothing_is_sent()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var push = Gateways.PushTextAsync($"https://{listener.LocalEndpoint}");

        Assert.Equal(0, await ServeOneAsync(listener, certificate));
        var outcome = await push;

        Assert.Equal((PushResult.Unreachable, 1, false), (outcome.Result, outcome.Attempts, outcome.MayBeApplied));
        Assert.Contains("certificate", outcome.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("see inner exception", outcome.Message, StringComparison.Ordinal);
    }

    /// <summary>The number of bytes received of a request.</summary>
    static async Task<int> ServeOneAsync(TcpListener listener, X509Certificate certificate)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(certificate);
            return await tls.ReadAsync(new byte[1]);
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException)
        {
            return 0;
        }
    }
}
