using BackupMetricsJob.Files;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// What libpq would find around it: environment variables, the home directory, the name of the operating system's user, and files, each of
/// which is read once. It lives as long as one reading of the settings does.
/// </summary>
/// <param name="variables">Must not change any more.</param>
/// <param name="homeDirectory">Where there is no HOME.</param>
/// <param name="userName">Asked only where nobody named a user, and once: to look one up takes a connection to the system's name
/// service.</param>
internal sealed class LibpqEnvironment(
    IReadOnlyDictionary<string, string> variables,
    string? homeDirectory = null,
    Func<string?>? userName = null
)
{
    readonly Dictionary<string, FileReading> _files = new(StringComparer.Ordinal);
    string? _userName;

    /// <summary>That of this process's user.</summary>
    internal static LibpqEnvironment From(IReadOnlyDictionary<string, string> variables) => new(variables, userName: NameOfUser);

    /// <summary>HOME, as libpq prefers it, else the directory given; null where there is none.</summary>
    internal string? HomeDirectory => this["HOME"] is { Length: > 0 } home ? home : homeDirectory;

    /// <summary>The operating system's user, libpq's default for <c>user</c>; null or empty where the user id has no name.</summary>
    internal string? UserName => _userName ??= userName?.Invoke();

    internal string? this[string name] => variables.GetValueOrDefault(name);

    /// <summary>A file below the home directory, or null without one.</summary>
    internal string? InHome(string path) => HomeDirectory is null ? null : Path.Combine(HomeDirectory, path);

    internal FileContent Read(string path)
    {
        if (!_files.TryGetValue(path, out var file))
            _files.Add(path, file = FileReading.Begin(path, BoundedFile.DefaultMax, inAdvance: false));
        return file.Wait();
    }

    /// <summary>Begins to read what will be read.</summary>
    internal void BeginReading(string path)
    {
        if (!_files.ContainsKey(path))
            _files.Add(path, BoundedFile.Begin(path));
    }

    static string? NameOfUser()
    {
        try
        {
            return Environment.UserName;
        }
        catch (IOException)
        {
            return null; // there is no list of users at all
        }
    }
}
