using System.Text.Json;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>An output of one of the tools, known by its first keys.</summary>
/// <param name="Tool">Whose importer reads it; empty if none does.</param>
/// <param name="Name">What it is, for a message.</param>
internal sealed record KnownOutput(string Tool, string Name)
{
    static readonly KnownOutput WalG = new("wal-g", "the output of wal-g backup-list");
    static readonly KnownOutput WalShow = new("", "the output of wal-g wal-show, not of backup-list");
    static readonly KnownOutput WalVerify = new("", "the output of wal-g wal-verify, not of backup-list");
    static readonly KnownOutput Pghoard = new("pghoard", "pghoard's list of base backups");
    static readonly KnownOutput PghoardState = new("", "pghoard's state file, not its list of base backups");
    static readonly KnownOutput PgBackRest = new("pgbackrest", "the output of pgbackrest info");
    static readonly KnownOutput Barman = new("barman", "the output of barman list-backups");
    static readonly KnownOutput BarmanShow = new("barman", "the output of barman show-backup");
    static readonly KnownOutput BarmanCheck = new("", "the output of barman check, not of list-backups");
    static readonly KnownOutput Manifest = new("", "PostgreSQL's backup_manifest, not a list of backups");

    /// <summary>Null where the beginning tells nothing.</summary>
    public static KnownOutput? Of(ReadOnlySpan<byte> start)
    {
        var reader = new Utf8JsonReader(start, isFinalBlock: false, default);
        try
        {
            return reader.Read() ? reader.TokenType == JsonTokenType.StartArray ? OfArray(ref reader) : OfObject(ref reader) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static KnownOutput? OfArray(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("backup_name"))
                return WalG;
            if (reader.ValueTextEquals("switch_point_lsn") || reader.ValueTextEquals("segment_range_size"))
                return WalShow;
            if (reader.ValueTextEquals("archive") || reader.ValueTextEquals("backup") || reader.ValueTextEquals("cipher"))
                return PgBackRest;
            if (!reader.Read() || !reader.TrySkip())
                return null;
        }

        return null;
    }

    static KnownOutput? OfObject(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("basebackups"))
                return Pghoard;
            if (reader.ValueTextEquals("backup_sites") || reader.ValueTextEquals("transfer_agent_state"))
                return PghoardState;
            if (reader.ValueTextEquals("integrity"))
                return WalVerify;
            if (reader.ValueTextEquals("PostgreSQL-Backup-Manifest-Version"))
                return Manifest;
            var isMessages = reader.ValueSpan is [(byte)'_', ..];
            if (!reader.Read())
                return null;
            var value = reader;
            if (!isMessages && OfServer(ref value) is { } known)
                return known;
            if (!reader.TrySkip())
                return null;
        }

        return null;
    }

    /// <summary>What stands in Barman's output for one server.</summary>
    static KnownOutput? OfServer(ref Utf8JsonReader reader)
    {
        var isList = reader.TokenType == JsonTokenType.StartArray;
        if (isList && !(reader.Read() && reader.TokenType == JsonTokenType.StartObject))
            return null;
        if (reader.TokenType != JsonTokenType.StartObject || !reader.Read() || reader.TokenType != JsonTokenType.PropertyName)
            return null;
        if (reader.ValueTextEquals("backup_id"))
            return isList ? Barman : BarmanShow;
        return !isList && reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.Read()
            && (reader.ValueTextEquals("hint") || reader.ValueTextEquals("status"))
            ? BarmanCheck
            : null;
    }
}
