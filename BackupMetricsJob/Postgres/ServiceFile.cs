using BackupMetricsJob.Files;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// A section of a connection service file (<c>pg_service.conf</c>), found like in libpq: the file named by servicefile or PGSERVICEFILE,
/// else <c>~/.pg_service.conf</c>; then <c>pg_service.conf</c> in PGSYSCONFDIR.
/// </summary>
internal static class ServiceFile
{
    /// <summary>The compiled-in directories of the packages for Debian and for Red Hat (PGDG).</summary>
    static readonly string[] SystemDirectories = ["/etc/postgresql-common", "/etc/sysconfig/pgsql"];

    /// <returns>The section's keywords, or null and a problem.</returns>
    internal static Dictionary<string, string>? Find(
        string service,
        string? file,
        LibpqEnvironment environment,
        ICollection<string> problems
    )
    {
        var before = problems.Count;
        string? tried = null;
        foreach (var path in Places(file, environment))
        {
            var content = environment.Read(path);
            if (path != file && content.IsMissing)
                continue;
            tried = tried is null ? path : $"{tried}, {path}";
            if (Read(path, content, service, problems) is { } found)
                return found;
            if (problems.Count > before)
                return null;
        }
        problems.Add(
            $"service \"{service}\" is not defined in {tried ?? "any service file (there is no ~/.pg_service.conf; see PGSERVICEFILE)"}"
        );
        return null;
    }

    static IEnumerable<string> Places(string? file, LibpqEnvironment environment)
    {
        if (file is not null)
            yield return file;
        else if (environment.InHome(".pg_service.conf") is { } own)
            yield return own;
        if (environment["PGSYSCONFDIR"] is { } directory)
            yield return Path.Combine(directory, "pg_service.conf");
        else
        {
            foreach (var system in SystemDirectories)
                yield return Path.Combine(system, "pg_service.conf");
        }
    }

    static Dictionary<string, string>? Read(string path, FileContent content, string service, ICollection<string> problems)
    {
        if (content.Fault is not null)
        {
            problems.Add($"service file {path}: {content.Fault}");
            return null;
        }
        var lines = content.Lines;
        Dictionary<string, string>? section = null;
        for (var number = 1; number <= lines.Count; number++)
        {
            var line = lines[number - 1].Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line[0] == '[')
            {
                if (section is not null)
                    break;
                if (line.AsSpan(1).StartsWith(service) && line.AsSpan(1 + service.Length).StartsWith("]"))
                    section = new(StringComparer.Ordinal);
            }
            else if (section is not null && Problem(line, section) is { } problem)
                problems.Add($"{path}:{number}: {problem}");
        }
        return section;
    }

    /// <summary>Adds the line to the section (as in libpq, the first one of a name wins), or returns what is wrong with it.</summary>
    static string? Problem(string line, Dictionary<string, string> section)
    {
        if (line.StartsWith("ldap", StringComparison.Ordinal))
            return "services from an LDAP server are not supported";
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
            return "must be keyword=value";
        var keyword = line[..equals];
        if (keyword is "service" or "servicefile")
            return $"{keyword} must not be used inside a service";
        if (!LibpqKeyword.IsKnown(keyword))
            return LibpqKeyword.Nearest(keyword) is { } nearest
                ? $"unknown connection keyword: did you mean \"{nearest}\"? (no spaces around \"=\")"
                : "unknown connection keyword";
        section.TryAdd(keyword, line[(equals + 1)..]);
        return null;
    }
}
