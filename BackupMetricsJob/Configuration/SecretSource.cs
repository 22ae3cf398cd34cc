using System.Text;

namespace BackupMetricsJob.Configuration;

/// <summary>Where a secret stands: in a file, in a variable, or in the configuration file itself. It is read at every run, and never printed.</summary>
internal sealed class SecretSource
{
    const int MostBytes = 64 << 10;

    static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    readonly string _key;
    readonly string _value;
    readonly Kind _kind;

    SecretSource(Kind kind, string key, string value, ProblemOrigin origin, Place? place)
    {
        (_kind, _key, _value) = (kind, key, value);
        Origin = origin;
        Place = place;
    }

    enum Kind
    {
        Written,
        File,
        Variable,
    }

    public ProblemOrigin Origin { get; }

    public Place? Place { get; }

    /// <param name="key">What the user calls it, in messages.</param>
    /// <param name="path">A path; a last line feed in the file does not belong to the secret.</param>
    /// <param name="origin">Where the path was given.</param>
    /// <param name="place">Where in a configuration file that was.</param>
    public static SecretSource InFile(string key, string path, ProblemOrigin origin, Place? place) => new(Kind.File, key, path, origin, place);

    public static SecretSource InVariable(string key, string name, Place place) => new(Kind.Variable, key, name, ProblemOrigin.Configuration, place);

    /// <summary>A setting's own value, of a flag or a variable.</summary>
    public static SecretSource Given(Setting setting) => new(Kind.Written, setting.Origin, setting.Value, setting.Kind, null);

    public static SecretSource Written(string key, string secret, Place place) => new(Kind.Written, key, secret, ProblemOrigin.Configuration, place);

    /// <summary>Null, with why, where it cannot be read, is empty, or is nothing that can be sent.</summary>
    public string? Read(IReadOnlyDictionary<string, string> environment, out string fault)
    {
        fault = "";
        var secret = _kind switch
        {
            Kind.File => ReadFile(out fault),
            Kind.Variable => environment.GetValueOrDefault(_value),
            _ => _value,
        };
        if (fault.Length > 0) return Fails(ref fault, fault);
        if (secret is null) return Fails(ref fault, "the variable is not set");
        if (secret.Length == 0) return Fails(ref fault, "is empty");
        return secret.Contains('\0', StringComparison.Ordinal) ? Fails(ref fault, "has a NUL character in it") : secret;
    }

    /// <summary>How a message calls it: never the secret.</summary>
    public string Named => _kind is Kind.Written ? _key : $"{_key} \"{_value}\"";

    public Problem Wrong(string fault) => new(Origin, fault) { Place = Place };

    string? Fails(ref string fault, string why)
    {
        fault = $"{Named}: {why}";
        return null;
    }

    string? ReadFile(out string fault)
    {
        fault = "";
        try
        {
            var bytes = BoundedFile.Read(_value, MostBytes);
            if (bytes.Length > MostBytes) fault = $"is larger than {MostBytes >> 10} KiB";
            else return WithoutLastLineFeed(Utf8.GetString(bytes));
        }
        catch (DecoderFallbackException)
        {
            fault = "is not UTF-8";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            fault = "cannot be read: " + e.Message.ReplaceLineEndings(" ");
        }

        return null;
    }

    /// <summary>Editors end a file with it; any other blank may be meant.</summary>
    public static string WithoutLastLineFeed(string text)
    {
        if (!text.EndsWith('\n')) return text;
        return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text[..^1];
    }
}
