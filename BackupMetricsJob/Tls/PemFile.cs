using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BackupMetricsJob.Files;

namespace BackupMetricsJob.Tls;

/// <summary>A file with certificates, or with a key, in PEM. What cannot be had of it is null, and is told.</summary>
/// <param name="path">It is read once.</param>
/// <param name="report">Gets what is wrong, in words that follow the file's name.</param>
internal sealed class PemFile(string path, Action<string> report)
{
    FileContent? _content;

    public string Path => path;

    /// <summary>Every certificate in it.</summary>
    public X509Certificate2Collection? ReadCertificates() =>
        Parse(static text =>
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(text);
            return found.Count > 0 ? found : throw new CryptographicException("has no certificate in PEM in it");
        });

    /// <summary>
    /// Our own certificate, which is the first here, with its key and those between it and its authority, which the other side may not
    /// have. It lives as long as whoever shows it.
    /// </summary>
    /// <param name="key">Without a password; it may be this very file.</param>
    public SslStreamCertificateContext? ReadWithKey(PemFile key)
    {
        var all = ReadCertificates();
        return key.Parse(text =>
        {
            if (all is null)
                return null;
            if (text.Contains("ENCRYPTED", StringComparison.Ordinal))
                throw new CryptographicException("the key is encrypted: must be without a password");
            var own = X509Certificate2.CreateFromPem(_content!.Text, text);
            var others = all.Where(other => !other.RawDataMemory.Span.SequenceEqual(own.RawDataMemory.Span));
            return SslStreamCertificateContext.Create(own, [.. others], offline: true);
        });
    }

    T? Parse<T>(Func<string, T?> parse)
        where T : class
    {
        _content ??= BoundedFile.Read(path);
        try
        {
            if (_content.Fault is null)
                return parse(_content.Text);
            report(_content.IsMissing ? "does not exist" : _content.Fault);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or NotSupportedException or AuthenticationException)
        {
            report(PlainText.OnOneLine(e.Message));
        }

        return null;
    }
}
