using BackupMetricsJob.Http;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Configuration;

/// <summary>The gateways to push to, each with its secrets as they are now: those of flags or variables, else those of the file.</summary>
internal sealed class GatewayReader(Settings settings, IReadOnlyDictionary<string, string> environment, ICollection<Problem> problems)
{
    /// <param name="files">The files; null without one.</param>
    /// <param name="isNeeded">Whether there must be one.</param>
    public IReadOnlyList<Gateway> Read(FileSettings? files, bool isNeeded = true)
    {
        var parts = ReadUrls(files);
        if (isNeeded && parts.Count == 0 && files is not { IsValid: false })
            problems.Add(
                new(
                    ProblemOrigin.Flag,
                    $"--gateway is missing: the Pushgateway's URL, like http://pushgateway:9091 (or {Settings.Variable("gateway")}, "
                        + "or gateway in the file); --dry-run needs none"
                )
            );
        if (parts.Count == 0)
            return [];
        var over = ReadOverrides();
        var gateways = new List<Gateway>();
        foreach (var part in parts)
        {
            if (ReadGateway(part, over) is { } gateway)
                gateways.Add(gateway);
        }

        if (over.HasTls && gateways.Count > 0 && !gateways.Exists(IsTls))
            problems.Add(
                (over.CaFile ?? over.CertFile ?? over.KeyFile)!.CreateProblem(
                    "is for a gateway with TLS, and none of them has an https:// URL"
                )
            );
        return gateways;
    }

    IReadOnlyList<GatewaySettings> ReadUrls(FileSettings? files)
    {
        var urls = settings.All("gateway");
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

    /// <summary>What the flags gateway-* say about each gateway.</summary>
    GatewaySettings ReadOverrides()
    {
        var username = settings.One("gateway-username");
        if (username?.Value.Contains(':', StringComparison.Ordinal) is true)
            problems.Add(username.InvalidValue("a name without a colon: basic authentication cannot send one"));
        var over = new GatewaySettings
        {
            Username = username is null ? null : SecretSource.FromSetting(username),
            Password = FindSecret("gateway-password"),
            Token = FindSecret("gateway-token"),
            CaFile = settings.One("gateway-ca-file"),
            CertFile = settings.One("gateway-cert-file"),
            KeyFile = settings.One("gateway-key-file"),
            Timeout = DurationParser.Read(settings.One("gateway-timeout"), problems),
        };
        if (over.Token is not null && (username is not null || over.Password is not null))
            problems.Add(
                over.Token.CreateProblem(
                    "--gateway-token-file: must not be given together with --gateway-username or --gateway-password-file"
                )
            );
        return over;
    }

    /// <summary>
    /// A flag that names the secret's file, else the variable that does, or the variable that holds it. There is no flag that holds it:
    /// everybody on the machine could read it.
    /// </summary>
    SecretSource? FindSecret(string name)
    {
        var file = settings.One(name + "-file");
        if (file is { Origin: ProblemOrigin.Flag } || environment.GetValueOrDefault(Settings.Variable(name)) is not { Length: > 0 } value)
            return file is null ? null : SecretSource.FromFile(file.Name, file.Value, file.Origin, null);
        if (file is not null)
            problems.Add(file.CreateProblem($"{Settings.Variable(name)} is set, too; give one of them"));
        return SecretSource.FromSetting(new(Settings.Variable(name), ProblemOrigin.Configuration, SecretSource.TrimFinalLineFeed(value)));
    }

    Gateway? ReadGateway(GatewaySettings part, GatewaySettings over)
    {
        // The problems of a file's gateway have been told where it was read.
        if (part.Url is not { } url)
            return null;
        var said = new List<string>();
        var address = GatewayAddress.TryParse(url.Value, said);
        if (url.Location is null)
        {
            foreach (var problem in said)
                problems.Add(url.CreateProblem(problem));
        }

        if (address is null)
            return null;
        return new(address)
        {
            Credentials = part.HasCredentials || over.HasCredentials ? ReadCredentials(url, part, over) : null,
            Tls =
                (part.HasTls || over.HasTls) && url.Value.TrimStart().StartsWith("https:", StringComparison.OrdinalIgnoreCase)
                    ? ReadTls(url, part, over)
                    : null,
            AttemptTimeout = over.Timeout ?? part.Timeout ?? PushBudget.DefaultAttemptTimeout,
        };
    }

    ClientCredentials? ReadCredentials(Setting url, GatewaySettings part, GatewaySettings over)
    {
        var isBasic = over.Username is not null || over.Password is not null;
        var token = over.Token ?? (isBasic ? null : part.Token);
        if (token is not null)
        {
            if (ReadSecret(token) is not { } text)
                return null;
            if (IsValidToken(text))
                return ClientCredentials.Bearer(text);
            problems.Add(token.CreateProblem(token.DisplayName + ": must be printable ASCII without blanks, as a token is"));
            return null;
        }

        var (username, password) = (over.Username ?? part.Username, over.Password ?? part.Password);
        if (username is null || password is null)
        {
            problems.Add(
                url.CreateProblem(
                    username is null
                        ? "a password for the gateway needs a user: --gateway-username"
                        : "a user of the gateway needs a password: --gateway-password-file"
                )
            );
            return null;
        }

        var (name, secret) = (ReadSecret(username), ReadSecret(password));
        if (name?.Contains(':', StringComparison.Ordinal) is true)
        {
            problems.Add(
                username.CreateProblem(username.DisplayName + ": must be a name without a colon: basic authentication cannot send one")
            );
            return null;
        }

        if (secret is not null && !LabelParser.IsWellFormed(secret))
        {
            problems.Add(password.CreateProblem(password.DisplayName + ": has more than one line, or control characters in it"));
            return null;
        }

        return name is null || secret is null ? null : ClientCredentials.Basic(name, secret);
    }

    ClientTls? ReadTls(Setting url, GatewaySettings part, GatewaySettings over)
    {
        var said = new List<string>();
        var certificate = over.CertFile ?? part.CertFile;
        var key = over.KeyFile ?? (over.CertFile is null ? part.KeyFile : null);
        var tls = ClientTls.TryRead((over.CaFile ?? part.CaFile)?.Value, certificate?.Value, key?.Value, part.InsecureSkipVerify, said);
        foreach (var problem in said)
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
