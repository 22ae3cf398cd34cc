using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Tests.Postgres;

public sealed class TlsKeywordTests : IDisposable
{
    const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("disable", TlsMode.Disable)]
    [InlineData("allow", TlsMode.Allow)]
    [InlineData("prefer", TlsMode.Prefer)]
    [InlineData("require", TlsMode.Require)]
    public void Modes_that_check_nothing_need_no_file(string word, object expected) =>
        Assert.Equal(new TlsSettings((TlsMode)expected), Parsed.From($"host=h sslmode={word}").Settings.Tls);

    [Theory]
    [InlineData("verify-ca", TlsMode.VerifyCa)]
    [InlineData("verify-full", TlsMode.VerifyFull)]
    [InlineData("require", TlsMode.VerifyCa)]
    public void A_root_certificate_is_used_wherever_it_lies(string word, object mode)
    {
        var own = _folder.Write(".postgresql/root.crt", "x");
        var other = _folder.Write("other.crt", "x");
        Assert.Equal(new TlsSettings((TlsMode)mode, own), Parsed.From($"host=h sslmode={word}", home: _folder.Path).Settings.Tls);
        Assert.Equal(
            new TlsSettings((TlsMode)mode, other),
            Parsed.From($"host=h sslmode={word} sslrootcert={other}", home: _folder.Path).Settings.Tls
        );
        Assert.Equal(
            new TlsSettings((TlsMode)mode, other),
            Parsed.From($"host=h sslmode={word}", $"PGSSLROOTCERT={other}", _folder.Path).Settings.Tls
        );
    }

    [Theory]
    [InlineData("verify-ca")]
    [InlineData("verify-full")]
    public void A_missing_root_certificate_stays_required(string word)
    {
        Assert.Equal("/nonexistent/r", Parsed.From($"host=h sslmode={word} sslrootcert=/nonexistent/r").Settings.Tls.RootCertificate);
        Assert.Equal(
            $"{_folder.Path}/.postgresql/root.crt",
            Parsed.From($"host=h sslmode={word}", home: _folder.Path).Settings.Tls.RootCertificate
        );
        Assert.Equal("/nonexistent/r", Parsed.From($"host=h sslmode={word}", "PGSSLROOTCERT=/nonexistent/r").Settings.Tls.RootCertificate);
    }

    [Theory]
    [InlineData("sslmode=prefer sslrootcert=FILE")]
    [InlineData("sslrootcert=FILE")]
    [InlineData("sslmode=require sslrootcert=/nonexistent/r")]
    public void A_root_certificate_that_checks_nothing_is_warned_of(string text)
    {
        var file = _folder.Write("r.crt", "x");
        Assert.StartsWith(
            "sslrootcert:",
            Assert.Single(Parsed.From($"host=h {text.Replace("FILE", file, StringComparison.Ordinal)}").Settings.Warnings),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void System_means_verify_full_against_the_systems_store()
    {
        Assert.Equal(new TlsSettings(TlsMode.VerifyFull), Parsed.From("host=h sslrootcert=system").Settings.Tls);
        Assert.Equal(new TlsSettings(TlsMode.VerifyFull), Parsed.From("host=h sslmode=verify-full", "PGSSLROOTCERT=system").Settings.Tls);
        foreach (var weak in new[] { "disable", "allow", "prefer", "require", "verify-ca" })
            Assert.Contains("too weak", Parsed.From($"host=h sslrootcert=system sslmode={weak}").Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_revocation_list_that_libpq_would_find_is_refused()
    {
        _folder.Write(".postgresql/root.crt", "x");
        _folder.Write(".postgresql/root.crl", "x");
        Assert.Contains("root.crl", Parsed.From("host=h sslmode=verify-full", home: _folder.Path).Problem, StringComparison.Ordinal);
        Assert.Equal(TlsMode.Prefer, Parsed.From("host=h", home: _folder.Path).Settings.Tls.Mode);
    }

    [Fact]
    public void A_Unix_socket_has_no_TLS()
    {
        Assert.Equal(TlsSettings.Off, Parsed.From("host=/run/x sslmode=verify-full").Settings.Tls);
        Assert.Contains("both Unix sockets and TCP", Parsed.From("host=/run/x,h sslmode=require").Problem, StringComparison.Ordinal);
        Assert.Equal(TlsMode.Prefer, Parsed.From("host=/run/x,h").Settings.Tls.Mode);
    }

    [Fact]
    public void Verify_full_needs_a_name_to_check()
    {
        var root = _folder.Write("r.crt", "x");
        Assert.Contains(
            "no host name",
            Parsed.From($"hostaddr=10.0.0.1 sslmode=verify-full sslrootcert={root}").Problem,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "distinguish",
            Parsed.From($"host=a,b hostaddr=10.0.0.1,10.0.0.1 port=1,2 sslmode=verify-full sslrootcert={root}").Problem,
            StringComparison.Ordinal
        );
        Assert.Equal("10.0.0.1", Parsed.From($"host=a hostaddr=10.0.0.1 sslmode=verify-full sslrootcert={root}").Settings.Hosts[0].Address);
    }

    [Fact]
    public void Versions_and_negotiation_are_read()
    {
        var tls = Parsed.From("host=h sslmode=require sslnegotiation=direct ssl_min_protocol_version=TLSv1.3").Settings.Tls;
        Assert.True(tls.Direct);
        Assert.Equal(TlsVersion.Tls13, tls.Minimum);
        Assert.Contains("too weak", Parsed.From("host=h sslnegotiation=direct").Problem, StringComparison.Ordinal);
        Assert.Contains(
            "newer",
            Parsed.From("host=h ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2").Problem,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_client_certificate_needs_a_key_of_its_own()
    {
        var certificate = _folder.Write("c.crt", "x");
        var key = _folder.Write("c.key", "-----BEGIN PRIVATE KEY-----");
        var encrypted = _folder.Write("e.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----");
        var open = _folder.Write("o.key", "x", Everybody);
        Assert.Equal(
            new TlsSettings(TlsMode.Prefer, null, certificate, key),
            Parsed.From($"host=h sslcert={certificate} sslkey={key}").Settings.Tls
        );
        Assert.Equal(
            "pw",
            Parsed.From($"host=h sslcert={certificate} sslkey={encrypted} sslpassword=pw").Settings.Tls.KeyPassword?.Reveal()
        );
        Assert.Null(Parsed.From($"host=h sslcert={certificate} sslkey={key} sslpassword=pw").Settings.Tls.KeyPassword);
        Assert.Contains("does not exist", Parsed.From("host=h sslcert=/nonexistent/c").Problem, StringComparison.Ordinal);
        Assert.Contains("no private key", Parsed.From($"host=h sslcert={certificate}").Problem, StringComparison.Ordinal);
        Assert.Contains("permissions", Parsed.From($"host=h sslcert={certificate} sslkey={open}").Problem, StringComparison.Ordinal);
        Assert.Contains("encrypted", Parsed.From($"host=h sslcert={certificate} sslkey={encrypted}").Problem, StringComparison.Ordinal);
        Assert.Contains(
            "sslcertmode",
            Parsed.From($"host=h sslcert={certificate} sslkey={key} sslcertmode=disable").Problem,
            StringComparison.Ordinal
        );
    }
}
