using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Configuration;

/// <summary>The settings of access to gateways.</summary>
internal static class GatewayAccess
{
    public static readonly ListSetting Url = new(
        "gateway",
        "URL",
        "Pushgateway, like http://pushgateway:9091; repeatable: each one must get the push"
    );

    public static readonly TextSetting Username = new("gateway-username", "NAME", "User name at each gateway (basic authentication)")
    {
        Group = SettingGroup.Gateway,
    };

    public static readonly TextSetting PasswordFile = new("gateway-password-file", "FILE", "File with the password of that user")
    {
        Group = SettingGroup.Gateway,
    };

    public static readonly TextSetting TokenFile = new(
        "gateway-token-file",
        "FILE",
        "File with a bearer token for each gateway, instead of user and password"
    )
    {
        Group = SettingGroup.Gateway,
    };

    public static readonly TextSetting CaFile = new(
        "gateway-ca-file",
        "FILE",
        "CA certificates (PEM) that the gateway is checked against (the operating system's)"
    )
    {
        Group = SettingGroup.Gateway,
    };

    public static readonly TextSetting CertFile = new(
        "gateway-cert-file",
        "FILE",
        "Client certificate (PEM), with its intermediate certificates"
    )
    {
        Group = SettingGroup.Gateway,
    };

    public static readonly TextSetting KeyFile = new(
        "gateway-key-file",
        "FILE",
        "Key of the client certificate (PEM), if it is not in the same file"
    )
    {
        Group = SettingGroup.Gateway,
    };

    public static readonly DurationSetting Timeout = new(
        "gateway-timeout",
        "Timeout for the first attempt of a push",
        JobDefaults.GatewayTimeout
    )
    {
        Group = SettingGroup.Gateway,
    };
}
