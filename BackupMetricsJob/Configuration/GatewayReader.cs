using BackupMetricsJob.Http;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Configuration;

/// <summary>Reads the gateways to push to, with their secrets. Gateways of flags or variables replace those of the file.</summary>
internal sealed class GatewayReader(GivenSettings settings, IReadOnlyDictionary<string, string> environment, ICollection<Problem> problems)
{
    /// <param name="isNeeded">Whether it is a problem if there is no gateway.</param>
    public IReadOnlyList<Gateway> Read(FileSettings? files, bool isNeeded = true)
    {
        var parts = ReadUrls(files);
        if (isNeeded && parts.Count == 0 && files is not { IsValid: false })
            problems.Add(
                new(
                    ProblemOrigin.Flag,
                    "--gateway is missing: the URL of the Pushgateway, like http://pushgateway:9091 "
                        + $"(or {GivenSettings.Variable(GatewayAccess.Url.Name)}, or gateway in the file). "
                        + "--textfile and --dry-run need none"
                )
            );
        if (parts.Count == 0)
            return [];
        var overrides = ReadOverrides();
        var gateways = new List<Gateway>();
        foreach (var part in parts)
        {
            if (ReadGateway(part, overrides) is { } gateway)
                gateways.Add(gateway);
        }

        if (overrides.HasTls && gateways.Count > 0 && !gateways.Exists(IsTls))
            problems.Add(
                (overrides.CaFile ?? overrides.CertFile ?? overrides.KeyFile)!.CreateProblem(
                    "needs a gateway with TLS, but none has an https:// URL"
                )
            );
        return gateways;
    }

    IReadOnlyList<GatewaySettings> ReadUrls(FileSettings? files)
    {
        var urls = settings.All(GatewayAccess.Url);
        if (urls.Count == 0)
            return files?.Gateways ?? [];
        var parts = new List<GatewaySettings>(urls.Count);
        foreach (var url in urls)
        {
            if (parts.Exists(other => IsSameUrl(other.Url!.Value, url.Value)))
                problems.Add(url.CreateProblem("the same URL is given twice"));
            else
                parts.Add(new() { Url = url });
        }

        return parts;
    }

    static bool IsSameUrl(string one, string other) =>
        one == other || GatewayAddress.TryParse(one, [])?.ToString() == (GatewayAddress.TryParse(other, [])?.ToString() ?? "");

    /// <summary>The flags --gateway-*, which apply to every gateway.</summary>
    GatewaySettings ReadOverrides()
    {
        var username = settings.One(GatewayAccess.Username);
        if (username?.Value.Contains(':', StringComparison.Ordinal) is true)
            problems.Add(username.InvalidValue("a name without a colon, which basic authentication does not allow"));
        var overrides = new GatewaySettings
        {
            Username = username is null ? null : SecretSource.FromSetting(username),
            Password = FindSecret(GatewayAccess.PasswordFile),
            Token = FindSecret(GatewayAccess.TokenFile),
            CaFile = settings.One(GatewayAccess.CaFile),
            CertFile = settings.One(GatewayAccess.CertFile),
            KeyFile = settings.One(GatewayAccess.KeyFile),
            Timeout = GatewayAccess.Timeout.Read(settings, problems),
        };
        if (overrides.Token is not null && (username is not null || overrides.Password is not null))
            problems.Add(
                overrides.Token.CreateProblem("--gateway-token-file: cannot be combined with --gateway-username or --gateway-password-file")
            );
        return overrides;
    }

    /// <summary>
    /// The flag or variable that names the file of a secret, or the variable that holds the secret. No flag holds a secret, since every
    /// user of the machine can read command lines.
    /// </summary>
    SecretSource? FindSecret(TextSetting ofFile)
    {
        var file = settings.One(ofFile);
        var name = ofFile.Name[..^"-file".Length];
        if (
            file is { Origin: ProblemOrigin.Flag }
            || environment.GetValueOrDefault(GivenSettings.Variable(name)) is not { Length: > 0 } value
        )
            return file is null ? null : SecretSource.FromFile(file.Name, file.Value, file.Origin, null);
        if (file is not null)
            problems.Add(file.CreateProblem($"{GivenSettings.Variable(name)} is also set; remove one of them"));
        return SecretSource.FromSetting(
            new(GivenSettings.Variable(name), ProblemOrigin.Configuration, SecretSource.TrimFinalLineFeed(value))
        );
    }

    Gateway? ReadGateway(GatewaySettings part, GatewaySettings overrides)
    {
        // A gateway in a file without a URL has already been reported.
        if (part.Url is not { } url)
            return null;
        var messages = new List<string>();
        var address = GatewayAddress.TryParse(url.Value, messages);
        if (url.Location is null)
        {
            foreach (var problem in messages)
                problems.Add(url.CreateProblem(problem));
        }

        if (address is null)
            return null;
        return new(address)
        {
            Credentials = part.HasCredentials || overrides.HasCredentials ? ReadCredentials(url, part, overrides) : null,
            Tls =
                (part.HasTls || overrides.HasTls) && url.Value.TrimStart().StartsWith("https:", StringComparison.OrdinalIgnoreCase)
                    ? ReadTls(url, part, overrides)
                    : null,
            AttemptTimeout = overrides.Timeout ?? part.Timeout ?? JobDefaults.GatewayTimeout,
        };
    }

    ClientCredentials? ReadCredentials(Setting url, GatewaySettings part, GatewaySettings overrides)
    {
        var isBasic = overrides.Username is not null || overrides.Password is not null;
        var token = overrides.Token ?? (isBasic ? null : part.Token);
        if (token is not null)
        {
            if (ReadSecret(token) is not { } text)
                return null;
            if (IsValidToken(text))
                return ClientCredentials.Bearer(text);
            problems.Add(token.CreateProblem(token.DisplayName + ": must be a token of printable ASCII characters without spaces"));
            return null;
        }

        var (username, password) = (overrides.Username ?? part.Username, overrides.Password ?? part.Password);
        if (username is null || password is null)
        {
            problems.Add(
                url.CreateProblem(
                    username is null
                        ? "the gateway has a password but no user name: set --gateway-username"
                        : "the gateway has a user name but no password: set --gateway-password-file"
                )
            );
            return null;
        }

        var (name, secret) = (ReadSecret(username), ReadSecret(password));
        if (name?.Contains(':', StringComparison.Ordinal) is true)
        {
            problems.Add(
                username.CreateProblem(username.DisplayName + ": must be a name without a colon, which basic authentication does not allow")
            );
            return null;
        }

        if (secret is not null && !LabelParser.IsWellFormed(secret))
        {
            problems.Add(password.CreateProblem(password.DisplayName + ": has several lines or control characters"));
            return null;
        }

        return name is null || secret is null ? null : ClientCredentials.Basic(name, secret);
    }

    ClientTls? ReadTls(Setting url, GatewaySettings part, GatewaySettings overrides)
    {
        var messages = new List<string>();
        var certificate = overrides.CertFile ?? part.CertFile;
        var key = overrides.KeyFile ?? (overrides.CertFile is null ? part.KeyFile : null);
        var tls = ClientTls.TryRead(
            (overrides.CaFile ?? part.CaFile)?.Value,
            certificate?.Value,
            key?.Value,
            part.InsecureSkipVerify,
            messages
        );
        foreach (var problem in messages)
            problems.Add(new Problem(ProblemOrigin.Configuration, $"{url.Name}: {problem}") { Location = url.Location, IsInFile = true });
        return tls;
    }

    string? ReadSecret(SecretSource source)
    {
        var secret = source.Read(environment, out var fault);
        if (secret is null)
            problems.Add(new(ProblemOrigin.Configuration, fault) { Location = source.Location, IsInFile = source.IsFile });
        return secret;
    }

    static bool IsTls(Gateway gateway) => gateway.ToString().StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    static bool IsValidToken(string token) => token.All(c => c is > ' ' and <= '~');
}
