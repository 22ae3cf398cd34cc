using BackupMetricsJob.Files;

namespace BackupMetricsJob.Configuration;

/// <summary>
/// Where a secret stands: in a file, in a variable, or in the configuration file itself. It is read at every run, and never printed.
/// </summary>
internal sealed class SecretSource(SecretSource.Kind kind, string key, string value, ProblemOrigin origin, SourceLocation? place)
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

    public SourceLocation? Location => place;

    public bool IsFile => kind is Kind.File;

    /// <param name="key">What the user calls it, in messages.</param>
    /// <param name="path">A path; a last line feed in the file does not belong to the secret.</param>
    /// <param name="origin">Where the path was given.</param>
    /// <param name="place">Where in a configuration file that was.</param>
    public static SecretSource FromFile(string key, string path, ProblemOrigin origin, SourceLocation? place) =>
        new(Kind.File, key, path, origin, place);

    public static SecretSource FromVariable(string key, string name, SourceLocation place) =>
        new(Kind.Variable, key, name, ProblemOrigin.Configuration, place);

    /// <summary>A setting's own value, of a flag or a variable.</summary>
    public static SecretSource FromSetting(Setting setting) => new(Kind.Text, setting.Name, setting.Value, setting.Origin, null);

    public static SecretSource FromText(string key, string secret, SourceLocation place) =>
        new(Kind.Text, key, secret, ProblemOrigin.Configuration, place);

    /// <summary>Begins to read its file, if it stands in one: those of many targets are waited for side by side.</summary>
    public void BeginReading()
    {
        if (kind is Kind.File)
            _reading ??= BoundedFile.Begin(value, MaxBytes);
    }

    /// <summary>Null, with why, where it cannot be read, is empty, or is nothing that can be sent.</summary>
    /// <param name="environment">The variables.</param>
    /// <param name="fault">Why.</param>
    /// <param name="allowsLines">Whether a file of it may have several lines, as a connection text may; a password is one.</param>
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
                : secret.Contains('\0', StringComparison.Ordinal) ? "has a NUL character in it"
                : "";
        if (fault.Length == 0)
            return secret;
        fault = $"{DisplayName}: {fault}";
        return null;
    }

    // What an editor adds unseen would be sent with the rest, and the server would only say that the password is wrong.
    static string FindFileFault(string secret) =>
        secret.StartsWith(ByteOrderMark) ? "begins with a byte-order mark: save it as UTF-8 without one"
        : secret.AsSpan().ContainsAny('\n', '\r') ? "has more than one line: nothing else may stand in its file"
        : "";

    /// <summary>How a message calls it: never the secret.</summary>
    public string DisplayName => kind is Kind.Text ? key : $"{key} \"{value}\"";

    public Problem CreateProblem(string fault) => new(Origin, fault) { Location = Location };

    /// <summary>Editors end a file with it; any other blank may be meant.</summary>
    public static string TrimFinalLineFeed(string text)
    {
        if (!text.EndsWith('\n'))
            return text;
        return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text[..^1];
    }
}
