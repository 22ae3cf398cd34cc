using BackupMetricsJob.Files;

namespace BackupMetricsJob.Configuration;

/// <summary>
/// Where a secret is stored: in a file, in a variable, or in the configuration file itself. It is read at every run, and never printed.
/// </summary>
internal sealed class SecretSource(SecretSource.Kind kind, string key, string value, ProblemOrigin origin, SourceLocation? location)
{
    const int MaxBytes = 64 << 10;
    const char ByteOrderMark = '\uFEFF';

    FileReading? _reading;

    internal enum Kind
    {
        Text,
        File,
        Variable,
    }

    public ProblemOrigin Origin => origin;

    public SourceLocation? Location => location;

    public bool IsFile => kind is Kind.File;

    /// <param name="key">The name of the setting, for messages.</param>
    /// <param name="path">The file. A final line feed is not part of the secret.</param>
    /// <param name="origin">Where the path was set.</param>
    /// <param name="location">Where in a configuration file; null for a flag or a variable.</param>
    public static SecretSource FromFile(string key, string path, ProblemOrigin origin, SourceLocation? location) =>
        new(Kind.File, key, path, origin, location);

    public static SecretSource FromVariable(string key, string name, SourceLocation location) =>
        new(Kind.Variable, key, name, ProblemOrigin.Configuration, location);

    /// <summary>The value of a flag or a variable.</summary>
    public static SecretSource FromSetting(Setting setting) => new(Kind.Text, setting.Name, setting.Value, setting.Origin, null);

    public static SecretSource FromText(string key, string secret, SourceLocation location) =>
        new(Kind.Text, key, secret, ProblemOrigin.Configuration, location);

    /// <summary>Starts reading the file, if there is one, so that the files of many targets are read in parallel.</summary>
    public void BeginReading()
    {
        if (kind is Kind.File)
            _reading ??= LimitedFileReader.Begin(value, MaxBytes);
    }

    /// <summary>Null, with a fault, if it cannot be read, is empty, or cannot be sent.</summary>
    /// <param name="environment">The variables.</param>
    /// <param name="fault">What is wrong.</param>
    /// <param name="allowsLines">Whether its file may have several lines. A connection string may, a password may not.</param>
    public string? Read(IReadOnlyDictionary<string, string> environment, out string fault, bool allowsLines = false)
    {
        fault = "";
        BeginReading();
        var secret = kind switch
        {
            Kind.File => _reading!.Wait().TryText(out fault) is { } text
                ? TrimFinalLineFeed(allowsLines ? text.TrimStart(ByteOrderMark) : text)
                : null,
            Kind.Variable => environment.GetValueOrDefault(value),
            _ => value,
        };
        if (fault.Length == 0 && secret is not null && IsFile && !allowsLines)
            fault = FindFileFault(secret);
        if (fault.Length == 0)
            fault =
                secret is null ? "the variable is not set"
                : secret.Length == 0 ? "is empty"
                : secret.Contains('\0', StringComparison.Ordinal) ? "contains a NUL character"
                : "";
        if (fault.Length == 0)
            return secret;
        fault = $"{DisplayName}: {fault}";
        return null;
    }

    // Invisible characters added by an editor would be sent, too, and the server would only say that the password is wrong.
    static string FindFileFault(string secret) =>
        secret.StartsWith(ByteOrderMark) ? "starts with a byte order mark: save it as UTF-8 without one"
        : secret.AsSpan().ContainsAny('\n', '\r') ? "has more than one line: nothing else may be in the file"
        : "";

    /// <summary>Its name in messages, never the secret.</summary>
    public string DisplayName => kind is Kind.Text ? key : $"{key} \"{value}\"";

    public Problem CreateProblem(string fault) => new(Origin, fault) { Location = Location };

    /// <summary>Editors add a final line feed. Other white space may be part of the secret.</summary>
    public static string TrimFinalLineFeed(string text)
    {
        if (!text.EndsWith('\n'))
            return text;
        return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text[..^1];
    }
}
