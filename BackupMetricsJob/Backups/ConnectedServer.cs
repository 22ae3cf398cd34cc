namespace BackupMetricsJob.Backups;

/// <summary>The server that a target's connection led to.</summary>
/// <param name="Host">The host that answered, with its port.</param>
/// <param name="VersionNumber">server_version_num: 150020 is 15.20.</param>
/// <param name="Role">The role of the session, quoted for SQL if needed.</param>
/// <param name="InRecovery">Whether the server is a standby.</param>
internal sealed record ConnectedServer(string Host, int VersionNumber, string Role, bool InRecovery)
{
    /// <summary>Whether several hosts are configured and the first to answer is used, primary or standby.</summary>
    public bool IsAnyOfSeveral { get; init; }

    /// <summary>Whether the database has a catalogue that the role may read.</summary>
    public bool MayReadCatalog { get; init; }

    /// <summary>The connection's encryption according to the server; null if it is not encrypted, or if that was not queried.</summary>
    public TlsInUse? Tls { get; init; }
}

/// <summary>A connection's encryption as the server names it, such as TLSv1.3, TLS_AES_256_GCM_SHA384.</summary>
internal sealed record TlsInUse(string Protocol, string Cipher);
