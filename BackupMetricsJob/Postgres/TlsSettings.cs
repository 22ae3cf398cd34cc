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
/// How the connection is encrypted and checked. <see cref="Mode"/> is what must really be done: an sslmode=require with a root certificate
/// is
/// <see cref="TlsMode.VerifyCa"/> here, and without any TCP host it is <see cref="TlsMode.Disable"/>.
/// </summary>
/// <param name="RootCertificate">the PEM file to check against in the two verify modes; null there means the system's own store.</param>
/// <param name="Certificate">the client's certificate, a PEM file, or null.</param>
/// <param name="Key">its private key, a PEM file; not null where there is a certificate.</param>
/// <param name="KeyPassword">the key's password, only where the key is encrypted.</param>
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
