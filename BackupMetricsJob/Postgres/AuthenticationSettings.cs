namespace BackupMetricsJob.Postgres;

/// <summary>Authentication methods that a server may request.</summary>
[Flags]
internal enum AuthMethods
{
    None = 0,

    /// <summary>No authentication (trust, peer, cert).</summary>
    Nothing = 1,
    ClearText = 2,
    Md5 = 4,
    ScramSha256 = 8,
    All = Nothing | ClearText | Md5 | ScramSha256,
}

internal enum ChannelBindingMode
{
    Disable,
    Prefer,
    Require,
}

/// <summary>
/// require_auth and channel_binding. Kerberos (gss, sspi) and OAuth are not supported, so a server that requests them is refused anyway.
/// channel_binding=require leaves only SCRAM, the only method with channel binding.
/// </summary>
internal sealed record AuthenticationSettings(AuthMethods Allowed, ChannelBindingMode ChannelBinding)
{
    internal static AuthenticationSettings Read(LibpqValues values)
    {
        var binding = values.OneOf("channel_binding", ["disable", "prefer", "require"], defaultIndex: 1);
        var allowed = values["require_auth"] is { Length: > 0 } list ? ReadMethods(list, values) : AuthMethods.All;
        if (binding == 2)
        {
            if (allowed != AuthMethods.None && (allowed & AuthMethods.ScramSha256) == 0)
                values.Refuse("channel_binding", "\"require\" needs scram-sha-256, which require_auth does not allow");
            allowed &= AuthMethods.ScramSha256;
        }
        return new(allowed, (ChannelBindingMode)binding);
    }

    static AuthMethods ReadMethods(string list, LibpqValues values)
    {
        var named = AuthMethods.None;
        bool negative = false,
            positive = false;
        foreach (var item in list.Split(','))
        {
            var isNegative = item.StartsWith('!');
            negative |= isNegative;
            positive |= !isNegative;
            var method = isNegative ? item[1..] : item;
            switch (method)
            {
                case "none":
                    named |= AuthMethods.Nothing;
                    break;
                case "password":
                    named |= AuthMethods.ClearText;
                    break;
                case "md5":
                    named |= AuthMethods.Md5;
                    break;
                case "scram-sha-256":
                    named |= AuthMethods.ScramSha256;
                    break;
                case "gss" or "sspi" or "oauth":
                    break;
                default:
                    values.Refuse(
                        "require_auth",
                        $"{Redaction.QuotedIfPlain(method)} is not one of password, md5, scram-sha-256, none, gss, sspi, oauth"
                    );
                    return AuthMethods.None;
            }
        }
        if (negative && positive)
        {
            values.Refuse("require_auth", "methods with \"!\" and methods without it cannot be mixed");
            return AuthMethods.None;
        }
        var allowed = negative ? AuthMethods.All & ~named : named;
        if (allowed == AuthMethods.None)
            values.Refuse("require_auth", "no supported method is left (gss, sspi and oauth are not supported)");
        return allowed;
    }
}
