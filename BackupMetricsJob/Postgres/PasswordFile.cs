using System.Text;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// A password file (<c>~/.pgpass</c>) with lines <c>host:port:database:user:password</c>; the first match wins. As in psql, a file that
/// others may read is ignored with a warning. Unlike in psql, one provided by systemd (<c>LoadCredential=</c>) is accepted.
/// </summary>
internal sealed class PasswordFile
{
    const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    readonly IReadOnlyList<string> _lines;

    PasswordFile(IReadOnlyList<string> lines) => _lines = lines;

    /// <param name="path">Null for none.</param>
    /// <param name="named">Whether the user named this file; then a missing file is a warning.</param>
    /// <param name="environment">Reads the file.</param>
    /// <param name="warnings">Receives a warning if the file is ignored.</param>
    internal static PasswordFile Open(string? path, bool named, LibpqEnvironment environment, ICollection<string> warnings)
    {
        if (path is null)
            return new([]);
        var file = environment.Read(path);
        if (file.IsMissing && !named)
            return new([]);
        var why =
            file.Fault is not null ? file.Fault
            : (file.Mode & (IsCredential(path, environment) ? Others & ~UnixFileMode.GroupRead : Others)) != 0
                ? "has group or world access: permissions should be u=rw (0600) or less"
            : null;
        if (why is null)
            return new(file.Lines);
        warnings.Add($"password file {path} {why}; it is ignored");
        return new([]);
    }

    /// <summary>
    /// Since version 254, systemd keeps a credential on a tmpfs and lets the unit's user read it through an access control list. The list's
    /// mask appears as group permission: 0440 of root, in a folder that nobody else may enter.
    /// https://github.com/systemd/systemd/blob/v257/src/core/exec-credential.c
    /// </summary>
    static bool IsCredential(string path, LibpqEnvironment environment) =>
        environment["CREDENTIALS_DIRECTORY"] is { Length: > 0 } folder
        && Path.GetDirectoryName(Path.GetFullPath(path)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    internal Secret? Find(string host, int port, string database, string user)
    {
        var portText = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (var line in _lines)
        {
            if (line.StartsWith('#'))
                continue;
            var at = 0;
            if (
                Matches(line, ref at, host)
                && Matches(line, ref at, portText)
                && Matches(line, ref at, database)
                && Matches(line, ref at, user)
            )
                return new Secret(Password(line, at));
        }
        return null;
    }

    /// <summary>Whether the field at <paramref name="at"/> is <c>*</c> or equals the value; if so, moves to the next field.</summary>
    static bool Matches(string line, ref int at, string value)
    {
        if (line.AsSpan(at).StartsWith("*:"))
        {
            at += 2;
            return true;
        }
        var matched = 0;
        for (; at < line.Length; at++, matched++)
        {
            if (line[at] == ':' && matched == value.Length)
            {
                at++;
                return true;
            }
            if (line[at] == '\\')
                at++;
            if (at == line.Length || matched == value.Length || line[at] != value[matched])
                return false;
        }
        return false;
    }

    /// <summary>The last field, up to the end of the line or the next unescaped colon. A backslash escapes the next character.</summary>
    static string Password(string line, int at)
    {
        var password = new StringBuilder();
        for (; at < line.Length && line[at] != ':'; at++)
        {
            if (line[at] == '\\' && at + 1 < line.Length)
                at++;
            password.Append(line[at]);
        }
        return password.ToString();
    }
}
