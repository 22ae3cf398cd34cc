using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BackupMetricsJob.Files;

namespace BackupMetricsJob.Tls;

/// <summary>A PEM file with certificates or a key. What cannot be read is null, and reported.</summary>
/// <param name="path">The file, which is read once.</param>
/// <param name="report">Receives problems, as text to follow the name of the file.</param>
internal sealed class PemFile(string path, Action<string> report)
{
    FileContent? _content;

    public string Path => path;

    public X509Certificate2Collection? ReadCertificates() =>
        Parse(static text =>
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(text);
            return found.Count > 0 ? found : throw new CryptographicException("contains no PEM certificate");
        });

    /// <summary>
    /// Our own certificate, which is the first in the file, with its key. The others are intermediate certificates, which the other side
    /// may need.
    /// </summary>
    /// <param name="key">The file with the key, which may be the same file.</param>
    public SslStreamCertificateContext? ReadWithKey(PemFile key)
    {
        var all = ReadCertificates();
        return key.Parse(text =>
        {
            if (all is null)
                return null;
            if (text.Contains("ENCRYPTED", StringComparison.Ordinal))
                throw new CryptographicException("the key is encrypted; it must not need a password");
            var own = X509Certificate2.CreateFromPem(_content!.Text, text);
            var others = all.Where(other => !other.RawDataMemory.Span.SequenceEqual(own.RawDataMemory.Span));
            return SslStreamCertificateContext.Create(own, [.. others], offline: true);
        });
    }

    T? Parse<T>(Func<string, T?> parse)
        where T : class
    {
        _content ??= LimitedFileReader.Read(path);
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
