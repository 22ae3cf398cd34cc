using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Configuration.File;

/// <summary>Reads gateway: a map, or a list of maps. Each has a URL and at most one kind of credentials.</summary>
internal static class GatewaySection
{
    public static IReadOnlyList<GatewaySettings> Read(MappingReader root)
    {
        if (root["gateway"] is not { } node)
            return [];
        var path = root.Path["gateway"];
        const string Allowed = "a map with a url, or a list of such maps";
        if (node is not YamlSequence list)
            return ReadOne(MappingReader.Create(node, path, Keys.Gateway, root.Folder, root.Problems, Allowed)) is { } only ? [only] : [];
        if (list.Items.Count == 0)
            root.Problems.AddInvalidKind(node, path, Allowed);
        var gateways = new List<GatewaySettings>();
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (
                ReadOne(MappingReader.Create(list.Items[i], path[i], Keys.Gateway, root.Folder, root.Problems, "a map with a url"))
                is not { } gateway
            )
                continue;
            if (gateways.Find(other => other.Url?.Value == gateway.Url?.Value) is { Url: { } first })
                root.Problems.Add(gateway.Url!.CreateProblem($"is the same as the one at {first.Location}"));
            else
                gateways.Add(gateway);
        }

        return gateways;
    }

    static GatewaySettings? ReadOne(MappingReader? fields)
    {
        if (fields is null)
            return null;
        fields.Require("url", "the Pushgateway's URL, like http://pushgateway:9091");
        var messages = new List<string>();
        var url = fields.Setting("url", "the Pushgateway's URL, like http://pushgateway:9091");
        if (url is not null && GatewayAddress.TryParse(url.Value, messages) is { } address)
            url = url with { Value = address.ToString() };
        foreach (var problem in messages)
            fields.Problems.Add(url!.CreateProblem(problem));

        fields.AtMostOneOf("basic_auth", "authorization");
        var settings = WithTls(fields, url is not null && messages.Count == 0 ? url : null) with
        {
            Url = url,
            Timeout = fields.Duration("timeout"),
            Token = Token(fields),
        };
        return fields.Map("basic_auth", Keys.BasicAuth) is { } basic
            ? settings with
            {
                Username = Username(basic),
                Password = Password(basic),
            }
            : settings;
    }

    static SecretSource? Username(MappingReader basic)
    {
        var key = basic.AtMostOneOf("username", "username_file") ?? "username";
        if (key == "username")
            basic.Require(key, "set it, or username_file");
        var username = basic.Secret(key);
        if (key == "username" && basic.Text(key, "a string") is { } text && text.Contains(':', StringComparison.Ordinal))
            basic.Problems.AddInvalidValue(
                basic[key]!,
                basic.Path[key],
                "a name without a colon, which basic authentication does not allow"
            );
        return username;
    }

    static SecretSource? Password(MappingReader basic)
    {
        var key = basic.AtMostOneOf("password_file", "password_env", "password");
        if (key is null)
            basic.Require("password_file", "set it, or password_env, or password");
        return key is null ? null : basic.Secret(key);
    }

    static SecretSource? Token(MappingReader gateway)
    {
        if (gateway.Map("authorization", Keys.Authorization) is not { } authorization)
            return null;
        if (authorization.Text("type", "Bearer") is { } type && !type.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            authorization.Problems.AddInvalidValue(authorization["type"]!, authorization.Path["type"], "Bearer; for Basic, use basic_auth");
        var key = authorization.AtMostOneOf("credentials_file", "credentials");
        if (key is null)
            authorization.Require("credentials_file", "set it, or credentials");
        return key is null ? null : authorization.Secret(key);
    }

    static GatewaySettings WithTls(MappingReader gateway, Setting? url)
    {
        if (gateway.Map("tls_config", Keys.TlsConfig) is not { } tls)
            return new();
        if (url?.Value.StartsWith("http:", StringComparison.OrdinalIgnoreCase) is true)
            gateway.Problems.Add(tls.Location, $"{tls.Path}: not allowed for a gateway without TLS (its url starts with http:)");
        if (tls.Has("key_file"))
            tls.Require("cert_file", "key_file needs it");
        return new()
        {
            CaFile = tls.File("ca_file"),
            CertFile = tls.File("cert_file"),
            KeyFile = tls.File("key_file"),
            InsecureSkipVerify = tls.Boolean("insecure_skip_verify") is true,
        };
    }
}
