using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace BackupMetricsJob.Tls;

/// <summary>Describes everything that is wrong with the certificate of a server, on one line.</summary>
internal static class CertificateFault
{
    const int MaxNames = 5;
    const int MaxNameLength = 200;

    /// <param name="presented">The certificate of the server.</param>
    /// <param name="chain">The chain that .NET built.</param>
    /// <param name="errors">The errors that .NET found.</param>
    /// <param name="host">The host name that the certificate must match.</param>
    /// <param name="rootsFile">The file with the trusted roots; null for those of the operating system.</param>
    public static string Describe(X509Certificate? presented, X509Chain? chain, SslPolicyErrors errors, string? host, string? rootsFile)
    {
        if (presented is not X509Certificate2 certificate)
            return "it presents no certificate";
        var faults = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            faults.Add($"its certificate is for {Names(certificate)}, not for {host}");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && chain is not null)
            AddChainFaults(chain, rootsFile, faults);
        return faults.Count > 0 ? string.Join("; ", faults) : $"its certificate is invalid ({errors})";
    }

    static void AddChainFaults(X509Chain chain, string? rootsFile, List<string> faults)
    {
        var all = X509ChainStatusFlags.NoError;
        foreach (var status in chain.ChainStatus)
            all |= status.Status;
        foreach (var element in chain.ChainElements)
        {
            if (!element.ChainElementStatus.Any(status => status.Status == X509ChainStatusFlags.NotTimeValid))
                continue;
            var isLeaf = element == chain.ChainElements[0];
            var subject = isLeaf ? "its certificate" : $"the certificate of {Truncate(element.Certificate.Subject)}, which signed it,";
            faults.Add(Validity(element.Certificate, subject));
        }

        if ((all & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
        {
            var last = chain.ChainElements[^1].Certificate;
            var signer = chain.ChainElements.Count == 1 && last.Subject == last.Issuer ? "itself" : Truncate(last.Issuer);
            var why = rootsFile is null ? "this system does not trust" : $"is not in {rootsFile}";
            faults.Add($"its certificate is signed by {signer}, which {why}");
        }

        const X509ChainStatusFlags Reported =
            X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;
        if ((all & ~Reported) != 0)
            faults.Add($"its certificate is invalid ({all & ~Reported})");
    }

    static string Validity(X509Certificate2 certificate, string subject) =>
        certificate.NotBefore.ToUniversalTime() is var begin && begin > DateTime.UtcNow
            ? string.Create(CultureInfo.InvariantCulture, $"{subject} is not valid before {begin:yyyy-MM-dd HH:mm:ss} UTC")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{subject} expired at {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm:ss} UTC"
            );

    static string Names(X509Certificate2 certificate)
    {
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
        var addresses = alternatives.SelectMany(one => one.EnumerateIPAddresses()).Select(address => address.ToString());
        List<string> names = [.. alternatives.SelectMany(one => one.EnumerateDnsNames()), .. addresses];
        if (names.Count == 0)
            return Truncate(certificate.Subject);
        var named = Truncate(string.Join(", ", names.Take(MaxNames)));
        return names.Count <= MaxNames ? named : $"{named} and {names.Count - MaxNames} others";
    }

    static string Truncate(string name) => PlainText.OnOneLine(name, MaxNameLength);
}
