namespace BackupMetricsJob.Postgres;

/// <summary>libpq's sslmode, weakest first.</summary>
internal enum TlsMode
{
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

internal enum TlsVersion
{
    Tls12,
    Tls13,
}

/// <summary>
/// How the connection is encrypted and verified. <see cref="Mode"/> is the effective mode: sslmode=require with a root certificate is
/// <see cref="TlsMode.VerifyCa"/>, and without any TCP host the mode is <see cref="TlsMode.Disable"/>.
/// </summary>
/// <param name="RootCertificate">The PEM file to verify against in the two verify modes; null for the system's store.</param>
/// <param name="Certificate">The client certificate, a PEM file, or null.</param>
/// <param name="Key">Its private key, a PEM file; not null if there is a certificate.</param>
/// <param name="KeyPassword">The password of an encrypted key.</param>
/// <param name="Direct">TLS from the first byte (sslnegotiation=direct, PostgreSQL 17).</param>
internal sealed record TlsSettings(
    TlsMode Mode,
    string? RootCertificate = null,
    string? Certificate = null,
    string? Key = null,
    Secret? KeyPassword = null,
    bool Direct = false,
    TlsVersion Minimum = TlsVersion.Tls12,
    TlsVersion Maximum = TlsVersion.Tls13
)
{
    internal static readonly TlsSettings Off = new(TlsMode.Disable);

    internal bool Verifies => Mode is TlsMode.VerifyCa or TlsMode.VerifyFull;
}
