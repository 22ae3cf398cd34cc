namespace BackupMetricsJob.Targets;

/// <summary>
/// What libpq would find around it: environment variables, the home directory and the name of the operating system's user.
/// It never changes and never looks at the process itself, so a test and a run see the same thing.
/// </summary>
internal sealed class LibpqEnvironment
{
    readonly IReadOnlyDictionary<string, string> _variables;
    readonly Func<string?>? _lookUpUserName;
    string? _userName;

    /// <param name="variables">Must not change any more.</param>
    /// <param name="homeDirectory">Where there is no HOME.</param>
    /// <param name="userName">Asked only where nobody named a user, and once: to look one up takes a connection to the system's name service.</param>
    internal LibpqEnvironment(IReadOnlyDictionary<string, string> variables, string? homeDirectory = null, Func<string?>? userName = null)
    {
        _variables = variables;
        _lookUpUserName = userName;
        HomeDirectory = this["HOME"] is { Length: > 0 } home ? home : homeDirectory;
    }

    /// <summary>HOME, as libpq prefers it, else the directory given; null where there is none.</summary>
    internal string? HomeDirectory { get; }

    /// <summary>The operating system's user, libpq's default for <c>user</c>; null where the user id has no name.</summary>
    internal string? UserName => _userName ??= _lookUpUserName?.Invoke();

    internal string? this[string name] => _variables.GetValueOrDefault(name);

    /// <summary>A file below the home directory, or null without one.</summary>
    internal string? InHome(string path) => HomeDirectory is null ? null : Path.Combine(HomeDirectory, path);
}
