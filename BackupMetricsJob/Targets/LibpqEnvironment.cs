namespace BackupMetricsJob.Targets;

/// <summary>
/// What libpq would find around it: environment variables, the home directory and the name of the operating system's user.
/// It never changes and never looks at the process itself, so a test and a run see the same thing.
/// </summary>
internal sealed class LibpqEnvironment
{
    readonly Dictionary<string, string> variables;

    internal LibpqEnvironment(IReadOnlyDictionary<string, string> variables, string? homeDirectory = null, string? userName = null)
    {
        this.variables = new Dictionary<string, string>(variables.Count, StringComparer.Ordinal);
        foreach (var (name, value) in variables)
            this.variables[name] = value;
        HomeDirectory = this["HOME"] is { Length: > 0 } home ? home : homeDirectory;
        UserName = userName;
    }

    /// <summary>HOME, as libpq prefers it, else the directory given; null where there is none.</summary>
    internal string? HomeDirectory { get; }

    /// <summary>The operating system's user, libpq's default for <c>user</c>; null where the user id has no name.</summary>
    internal string? UserName { get; }

    internal string? this[string name] => variables.GetValueOrDefault(name);

    /// <summary>A file below the home directory, or null without one.</summary>
    internal string? InHome(string path) => HomeDirectory is null ? null : Path.Combine(HomeDirectory, path);
}
