using System.Security.Authentication;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Configuration.File;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Schedule.Http;

/// <summary>
/// Reads the web configuration file of Prometheus' exporters (--web.config.file): tls_server_config and basic_auth_users. Refuses
/// unsupported keys by name. Never shows a hash.
/// </summary>
internal sealed class WebConfigReader(FileProblems problems)
{
    static readonly string[] Root = ["tls_server_config", "basic_auth_users"];
    static readonly string[] Tls =
    [
        "cert_file",
        "key_file",
        "client_ca_file",
        "client_auth_type",
        "min_version",
        "max_version",
        "prefer_server_cipher_suites",
    ];
    static readonly string[] Clients = Enum.GetNames<ClientCertificates>();

    /// <summary>Null if it is invalid; then there is at least one more problem. An empty file is valid.</summary>
    public static WebConfig? Read(Setting file, ICollection<Problem> problems)
    {
        if (
            YamlText.Read(file.Value, why => file.InvalidValue("") with { Message = $"{file.Name} \"{file.Value}\": {why}" }, problems)
            is not { } text
        )
            return null;
        return Parse(file.Value, text, problems);
    }

    /// <param name="file">The file's name in messages. Relative paths in it start at its folder.</param>
    /// <param name="text">The content.</param>
    /// <param name="problems">Receives problems.</param>
    public static WebConfig? Parse(string file, string text, ICollection<Problem> problems)
    {
        if (IsEmpty(text))
            return WebConfig.Open;
        var before = problems.Count;
        if (YamlTree.Read(file, text, problems, key: "", static (_, _) => { }) is not { } tree)
            return null;
        var ofFile = new FileProblems(problems);
        var root = MappingReader.Create(tree, KeyPath.Root, Root, Path.GetDirectoryName(file) ?? "", ofFile);
        var config = root is null ? null : new WebConfigReader(ofFile).Read(root);
        return problems.Count == before ? config : null;
    }

    static bool IsEmpty(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.TrimStart() is { IsEmpty: false } words && words[0] != '#')
                return false;
        }

        return true;
    }

    WebConfig Read(MappingReader root) => new(root.Map("tls_server_config", Tls) is { } tls ? ReadTls(tls) : null, ReadUsers(root));

    TlsFiles? ReadTls(MappingReader tls)
    {
        tls.Require("cert_file", "the server's certificate, in PEM");
        tls.Require("key_file", "the key of cert_file, in PEM");
        tls.Boolean("prefer_server_cipher_suites"); // Has no effect, as in Go.
        var authorities = tls.File("client_ca_file");
        var clients = ReadClients(tls);
        var verifies = clients is ClientCertificates.VerifyClientCertIfGiven or ClientCertificates.RequireAndVerifyClientCert;
        if (verifies && authorities is null && !tls.Has("client_ca_file"))
            problems.Add(
                tls.Location,
                $"{tls.Path}: client_auth_type {clients} needs client_ca_file: the authorities that sign client certificates"
            );
        if (!verifies && authorities is { Location: { } place })
            problems.Add(
                place,
                $"{tls.Path["client_ca_file"]}: is not used unless client_auth_type is VerifyClientCertIfGiven or "
                    + "RequireAndVerifyClientCert"
            );
        var protocols = Protocols(tls);
        return tls.File("cert_file") is { } certificate && tls.File("key_file") is { } key
            ? new(certificate, key, authorities, clients, protocols)
            : null;
    }

    ClientCertificates ReadClients(MappingReader tls)
    {
        if (tls["client_auth_type"] is not { } node)
            return ClientCertificates.NoClientCert;
        // The older name in exporter-toolkit.
        if (node is YamlScalar { Text: "RequireClientCert" })
            return ClientCertificates.RequireAnyClientCert;
        if (node is YamlScalar scalar && Array.IndexOf(Clients, scalar.Text) is >= 0 and var index)
            return (ClientCertificates)index;
        problems.AddInvalidValue(node, tls.Path["client_auth_type"], "one of " + string.Join(", ", Clients));
        return ClientCertificates.NoClientCert;
    }

#pragma warning disable CA5398 // The user's choice; otherwise these two, independent of the system's settings.
    SslProtocols Protocols(MappingReader tls)
    {
        var (min, max) = (Version(tls, "min_version") ?? SslProtocols.Tls12, Version(tls, "max_version") ?? SslProtocols.Tls13);
        if (min == SslProtocols.Tls13 && max == SslProtocols.Tls12)
            problems.Add(tls.Location, $"{tls.Path}: max_version must not be below min_version");
        return min == max ? min : SslProtocols.Tls12 | SslProtocols.Tls13;
    }

    SslProtocols? Version(MappingReader tls, string key)
    {
        if (tls[key] is not { } node)
            return null;
        if (node is YamlScalar { Text: "TLS12" })
            return SslProtocols.Tls12;
        if (node is YamlScalar { Text: "TLS13" })
            return SslProtocols.Tls13;
        problems.AddInvalidValue(node, tls.Path[key], "TLS12 or TLS13 (older versions are insecure)");
        return null;
    }
#pragma warning restore CA5398

    Dictionary<string, string> ReadUsers(MappingReader root)
    {
        var users = new Dictionary<string, string>(StringComparer.Ordinal);
        if (root["basic_auth_users"] is not { } node || node is YamlScalar { IsNull: true })
            return users;
        var path = root.Path["basic_auth_users"];
        if (node is not YamlMapping map)
        {
            problems.AddInvalidKind(node, path, "a map of users and bcrypt hashes");
            return users;
        }

        foreach (var (user, hash) in map.Entries)
        {
            // A colon ends the user in basic authentication.
            if (user.Text.Length == 0 || user.Text.Contains(':', StringComparison.Ordinal))
                problems.Add(user.Location, $"{path}: a user must be a name without a colon");
            else if (hash is not YamlScalar { Text: var text } || !BcryptHash.IsValid(text))
                problems.Add(hash.Location, $"{path}: of user {Redaction.Quoted(user.Text)}: must be {BcryptHash.Allowed}");
            else
                users[user.Text] = text;
        }

        return users;
    }
}
