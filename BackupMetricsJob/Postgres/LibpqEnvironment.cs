using BackupMetricsJob.Files;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// The environment that libpq would see: variables, home directory, user name of the operating system, and files. Each file is read once.
/// Lives as long as one reading of the settings.
/// </summary>
/// <param name="variables">Must not change afterwards.</param>
/// <param name="homeDirectory">Used if HOME is not set.</param>
/// <param name="userName">Called at most once, and only if no user is given: resolving it may connect to the system's name service.</param>
internal sealed class LibpqEnvironment(
    IReadOnlyDictionary<string, string> variables,
    string? homeDirectory = null,
    Func<string?>? userName = null
)
{
    readonly Dictionary<string, FileReading> _files = new(StringComparer.Ordinal);
    string? _userName;

    /// <summary>The environment of this process's user.</summary>
    internal static LibpqEnvironment From(IReadOnlyDictionary<string, string> variables) =>
        new(variables, variables.GetValueOrDefault("HOME") is { Length: > 0 } ? null : HomeOfUser(), NameOfUser);

    /// <summary>HOME, which libpq prefers, or the given directory; null for none.</summary>
    internal string? HomeDirectory => this["HOME"] is { Length: > 0 } home ? home : homeDirectory;

    /// <summary>The operating system's user, libpq's default for <c>user</c>; null or empty if the user id has no name.</summary>
    internal string? UserName => _userName ??= userName?.Invoke();

    internal string? this[string name] => variables.GetValueOrDefault(name);

    /// <summary>A file below the home directory; null if there is none.</summary>
    internal string? InHome(string path) => HomeDirectory is null ? null : Path.Combine(HomeDirectory, path);

    internal FileContent Read(string path)
    {
        if (!_files.TryGetValue(path, out var file))
            _files.Add(path, file = FileReading.Begin(path, LimitedFileReader.DefaultMax, inAdvance: false));
        return file.Wait();
    }

    /// <summary>Starts reading a file in advance.</summary>
    internal void BeginReading(string path)
    {
        if (!_files.ContainsKey(path))
            _files.Add(path, LimitedFileReader.Begin(path));
    }

    // A unit of systemd without User= has no HOME, and neither have the children that it starts as another user, such as Nagios' plugins.
    static string? HomeOfUser() => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? home : null;

    static string? NameOfUser()
    {
        try
        {
            return Environment.UserName;
        }
        catch (IOException)
        {
            return null; // no user database
        }
    }
}
