using System.Buffers.Text;
using System.Text;

namespace Prometheus.Internal;

/// <summary>
/// The address of a group at a Pushgateway. A value that a path cannot carry as it is goes as base64url under <c>name@base64</c>, and one
/// that is given under such a name is taken as encoded. Ill-formed UTF-16 is an ArgumentException: replaced, it would be another group.
/// </summary>
internal static class PushAddress
{
    const string Base64 = "@base64";

    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Uri Of(string endpoint, string job, string? instance, IEnumerable<Tuple<string, string>>? labels)
    {
        var path = new StringBuilder(endpoint.TrimEnd('/'));
        Append(path, "job", job);
        if (!string.IsNullOrEmpty(instance))
            Append(path, "instance", instance);

        foreach (var label in labels ?? [])
        {
            if (label is null || string.IsNullOrEmpty(label.Item1) || string.IsNullOrEmpty(label.Item2))
                throw new NotSupportedException($"The additional label '{label?.Item1}' is '{label?.Item2}': neither its name nor its value can be empty.");

            Append(path, label.Item1, label.Item2);
        }

        if (Uri.TryCreate(path.ToString(), UriKind.Absolute, out var address) && (address.Scheme is "http" or "https"))
            return address;

        throw new ArgumentException("The endpoint is not an http or https URL such as http://localhost:9091/metrics.", nameof(endpoint));
    }

    static void Append(StringBuilder path, string name, string value)
    {
        var encoded = name.EndsWith(Base64, StringComparison.Ordinal);
        if (!MetricName.IsValid(encoded ? name[..^Base64.Length] : name))
            throw new ArgumentException($"'{name}' is not the name of a grouping label: letters, digits and underscores, not a digit first.", nameof(name));

        path.Append('/').Append(name);
        if (encoded || IsPathSafe(value))
            path.Append('/').Append(value);
        else
            path.Append(Base64).Append('/').Append(Base64Url.EncodeToString(StrictUtf8.GetBytes(value)));
    }

    static bool IsPathSafe(string value)
    {
        foreach (var character in value)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('_' or '.' or '~' or '-'))
                return false;
        }

        return value is not ("." or "..");
    }
}
