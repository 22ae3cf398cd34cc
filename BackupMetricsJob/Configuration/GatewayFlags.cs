using System.Text;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Configuration;

/// <summary>
/// A gateway by flags and variables: its URL, who we are to it, whom we trust. The settings beside the URL hold for every gateway that is given
/// so. A password or a token is taken from a file, or from a variable of its own; a flag for it would show it to everybody on the machine.
/// </summary>
internal sealed class GatewayFlags
{
    static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(1);

    readonly Settings _settings;
    readonly IReadOnlyDictionary<string, string> _environment;
    readonly ICollection<Problem> _problems;

    GatewayFlags(Settings settings, IReadOnlyDictionary<string, string> environment, ICollection<Problem> problems)
    {
        _settings = settings;
        _environment = environment;
        _problems = problems;
    }

    /// <summary>Null, and at least one more problem, where something is wrong. What is wrong for several gateways is said once.</summary>
    public static Gateway? Read(Settings settings, IReadOnlyDictionary<string, string> environment, Setting url, ICollection<Problem> problems)
    {
        var found = new List<Problem>();
        var gateway = new GatewayFlags(settings, environment, found).Read(url);
        foreach (var problem in found)
        {
            if (!problems.Contains(problem)) problems.Add(problem);
        }

        return found.Count == 0 ? gateway : null;
    }

    Gateway? Read(Setting url)
    {
        var said = new List<string>();
        var address = GatewayAddress.TryParse(url.Value, said);
        foreach (var problem in said) _problems.Add(url.Says(problem));
        var credentials = Credentials();
        var timeout = Timeout();
        if (address is null) return null;
        return new(address) { Credentials = credentials, Tls = Tls(url, address), AttemptTimeout = timeout };
    }

    TimeSpan Timeout()
    {
        if (_settings.One("gateway-timeout") is not { } setting) return PushBudget.DefaultAttemptTimeout;
        if (DurationText.TryParse(setting.Value, out var timeout) && timeout > TimeSpan.Zero && timeout <= MaxTimeout) return timeout;
        _problems.Add(setting.Wrong("longer than zero, a day at most, " + DurationText.Allowed));
        return PushBudget.DefaultAttemptTimeout;
    }

    GatewayCredentials? Credentials()
    {
        var user = _settings.One("gateway-username");
        var password = Find("gateway-password");
        var token = Find("gateway-token");
        if (user is not null && token is not null) Say(token.From, $"a token and {user.Origin} are two ways to say who we are; give one of them");
        else if (user is not null && password is null) Say(user, $"a user needs a password: --gateway-password-file, {Settings.Variable("gateway-password-file")} or {Settings.Variable("gateway-password")}");
        else if (user is null && password is not null) Say(password.From, $"a password needs a user: --gateway-username or {Settings.Variable("gateway-username")}");
        if (user is not null && (user.Value.Contains(':', StringComparison.Ordinal) || !LabelText.IsWellFormed(user.Value)))
            _problems.Add(user.Wrong("a name without a colon and without control characters: HTTP cannot carry them"));
        var (passwordText, tokenText) = (password is null ? null : Text(password), token is null ? null : Text(token));
        if (_problems.Count > 0) return null;
        return token is not null ? Bearer(token.From, tokenText!) : user is not null ? GatewayCredentials.Basic(user.Value, passwordText!) : null;
    }

    GatewayCredentials? Bearer(Setting from, string token)
    {
        foreach (var c in token)
        {
            if (c is > ' ' and <= '~') continue;
            Say(from, "the token must be one word of printable ASCII characters");
            return null;
        }

        return GatewayCredentials.Bearer(token);
    }

    GatewayTls? Tls(Setting url, GatewayAddress address)
    {
        var (authorities, certificate, key) = (_settings.One("gateway-ca-file"), _settings.One("gateway-cert-file"), _settings.One("gateway-key-file"));
        var first = authorities ?? certificate ?? key;
        if (first is null) return null;
        if (!address.MetricsUrl.StartsWith("https://", StringComparison.Ordinal))
        {
            Say(first, $"it is for TLS, and {address} is not spoken to with TLS: its URL must begin with https://");
            return null;
        }

        var said = new List<string>();
        var tls = GatewayTls.TryRead(authorities?.Value, certificate?.Value, key?.Value, trustAnybody: false, said);
        foreach (var problem in said) _problems.Add(new(ProblemOrigin.Configuration, $"{url.Origin} \"{address}\": {problem}"));
        return tls;
    }

    /// <summary>A flag that names the secret's file, else the variable that does, or the variable that holds it; not both of these.</summary>
    Secret? Find(string name)
    {
        var file = _settings.One(name + "-file");
        if (file is { Kind: ProblemOrigin.Flag } || _environment.GetValueOrDefault(Settings.Variable(name)) is not { Length: > 0 } value)
            return file is null ? null : new(file, IsFile: true);
        if (file is not null) Say(file, $"{Settings.Variable(name)} is set, too; give one of them");
        return new(new(Settings.Variable(name), ProblemOrigin.Configuration, value), IsFile: false);
    }

    /// <summary>The secret itself, without the line feed that editors and <c>echo</c> put behind it. It occurs in no problem.</summary>
    string? Text(Secret secret)
    {
        try
        {
            var text = secret.IsFile ? new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(secret.From.Value)) : secret.From.Value;
            if (text.EndsWith('\n')) text = text[..^(text.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : 1)];
            if (text.Length > 0 && LabelText.IsWellFormed(text)) return text;
            Refuse(secret, text.Length == 0 ? "there is nothing in it" : "it has more than one line, or control characters in it");
        }
        catch (DecoderFallbackException)
        {
            Refuse(secret, "it is not UTF-8");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Refuse(secret, e.Message);
        }

        return null;
    }

    void Refuse(Secret secret, string why) =>
        _problems.Add(new(ProblemOrigin.Configuration, $"{secret.From.Origin}{(secret.IsFile ? $" \"{secret.From.Value}\"" : "")}: {why}"));

    void Say(Setting setting, string problem) => _problems.Add(setting.Says(problem));

    /// <summary>Where a secret is: in the file that the setting names, or in the setting itself.</summary>
    sealed record Secret(Setting From, bool IsFile);
}
