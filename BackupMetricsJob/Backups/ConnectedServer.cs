namespace BackupMetricsJob.Backups;

/// <summary>What a target's connection turned out to be.</summary>
/// <param name="Host">The one of its hosts that it leads to, with the port.</param>
/// <param name="VersionNumber">As server_version_num says it: 150020 is 15.20.</param>
/// <param name="Role">The role that it runs as, quoted for SQL where that is needed.</param>
/// <param name="InRecovery">Whether the server is a standby.</param>
internal sealed record ConnectedServer(string Host, int VersionNumber, string Role, bool InRecovery)
{
    /// <summary>Whether it is the first that answered of several hosts, of either kind, primary or standby.</summary>
    public bool IsAnyOfSeveral { get; init; }

    /// <summary>Whether the database holds a catalogue that the role may read.</summary>
    public bool MayReadCatalog { get; init; }

    /// <summary>How the server says that it is encrypted; null where it is not, and where that was not asked.</summary>
    public TlsInUse? Tls { get; init; }
}

/// <summary>How a connection is encrypted, in the server's words: TLSv1.3, TLS_AES_256_GCM_SHA384.</summary>
internal sealed record TlsInUse(string Protocol, string Cipher);
