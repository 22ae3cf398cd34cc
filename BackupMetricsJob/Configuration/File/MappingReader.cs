using System.Globalization;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration.File;

/// <summary>
/// Reads the values of a map by key. An invalid value is reported and counts as not set. An unknown key is reported with the most similar
/// known one.
/// </summary>
internal sealed class MappingReader(YamlMapping map, KeyPath path, string folder, FileProblems problems)
{
    public KeyPath Path => path;

    public SourceLocation Location => map.Location;

    public string Folder => folder;

    public FileProblems Problems => problems;

    /// <summary>Null, and a problem, if it is not a map.</summary>
    /// <param name="node">The map.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="keys">The keys that it may have.</param>
    /// <param name="folder">The directory that file names in it are relative to.</param>
    /// <param name="problems">Receives the problems.</param>
    /// <param name="allowed">What it must be, for messages; null for any map with these keys.</param>
    public static MappingReader? Create(
        YamlNode node,
        KeyPath path,
        string[] keys,
        string folder,
        FileProblems problems,
        string? allowed = null
    )
    {
        if (node is not YamlMapping map)
        {
            problems.AddInvalidKind(node, path, allowed ?? "a map with keys from " + string.Join(", ", keys));
            return null;
        }

        var fields = new MappingReader(map, path, folder, problems);
        fields.RejectUnknownKeys(keys);
        return fields;
    }

    public YamlNode? this[string key] => map.Find(key)?.Value;

    public bool Has(string key) => map.Find(key) is not null;

    public MappingReader? Map(string key, string[] keys) => this[key] is { } node ? Create(node, Path[key], keys, Folder, Problems) : null;

    /// <summary>A string. Numbers and booleans are taken as they are spelled in the file.</summary>
    public string? Text(string key, string allowed)
    {
        if (this[key] is not { } node)
            return null;
        if (node is YamlScalar { IsNull: false, Text.Length: > 0 } scalar)
            return scalar.Text;
        Problems.AddInvalidValue(node, Path[key], allowed);
        return null;
    }

    /// <summary>A string with its location, for callers that check it themselves.</summary>
    public Setting? Setting(string key, string allowed) =>
        Text(key, allowed) is { } text
            ? new(Path[key].ToString(), ProblemOrigin.Configuration, text) { Location = this[key]!.Location }
            : null;

    /// <summary>The path of a file. It is relative to the directory of the configuration file.</summary>
    public Setting? File(string key) =>
        Setting(key, "the path of a file") is { } setting ? setting with { Value = System.IO.Path.Combine(Folder, setting.Value) } : null;

    public TimeSpan? Duration(string key, bool mayBeZero = false)
    {
        if (this[key] is not { } node)
            return null;
        if (node is YamlScalar scalar && DurationParser.TryParse(scalar.Text, out var duration) && (mayBeZero || duration > TimeSpan.Zero))
            return duration;
        Problems.AddInvalidValue(node, Path[key], mayBeZero ? DurationParser.Allowed : DurationParser.AllowedPositive);
        return null;
    }

    public bool? Boolean(string key)
    {
        if (this[key] is not { } node)
            return null;
        if (node is YamlScalar { IsPlain: true, Text: "true" or "True" or "TRUE" or "false" or "False" or "FALSE" } scalar)
            return scalar.Text[0] is 't' or 'T';
        Problems.AddInvalidValue(node, Path[key], "true or false");
        return null;
    }

    public Setting? Number(string key, int min, int max)
    {
        if (this[key] is not { } node)
            return null;
        if (
            node is YamlScalar { IsPlain: true } scalar
            && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= min
            && number <= max
        )
            return Setting(key, "");
        Problems.AddInvalidValue(node, Path[key], $"a whole number from {min} to {max}");
        return null;
    }

    /// <summary>Adds a problem if the key is missing.</summary>
    public void Require(string key, string description)
    {
        if (!Has(key))
            Problems.Add(
                Location,
                Path.ToString() is { Length: > 0 } path ? $"{path}: {key} is missing: {description}" : $"{key} is missing: {description}"
            );
    }

    /// <summary>Returns the first of the keys that is set. It is a problem if there is more than one.</summary>
    public string? AtMostOneOf(params ReadOnlySpan<string> keys)
    {
        string? first = null;
        foreach (var key in keys)
        {
            if (!Has(key))
                continue;
            if (first is null)
                first = key;
            else
                Problems.Add(
                    map.Find(key)!.Key.Location,
                    $"{Path[key]}: cannot be combined with {first} at {map.Find(first)!.Key.Location}"
                );
        }

        return first;
    }

    public SecretSource? Secret(string key)
    {
        if (key.EndsWith("_file", StringComparison.Ordinal))
            return File(key) is { } file ? SecretSource.FromFile(file.Name, file.Value, ProblemOrigin.Configuration, file.Location) : null;
        if (key.EndsWith("_env", StringComparison.Ordinal))
            return Setting(key, "the name of an environment variable") is { } name
                ? SecretSource.FromVariable(name.Name, name.Value, name.Location!)
                : null;
        return Setting(key, "a string") is { } text ? SecretSource.FromText(text.Name, text.Value, text.Location!) : null;
    }

    void RejectUnknownKeys(string[] keys)
    {
        for (var i = 0; i < map.Entries.Count; i++)
        {
            var key = map.Entries[i].Key;
            if (keys.AsSpan().Contains(key.Text))
                continue;
            if (SecretKeys.MayBePartOfSecret(map.IsFlow, map.Entries, i))
            {
                Problems.Add(key.Location, $"{Path}: unknown key: {SecretKeys.HiddenKey}");
                continue;
            }

            var suggestion = NearestName.Find(key.Text.ToLowerInvariant(), keys) is { } nearest ? $"did you mean \"{nearest}\"? " : "";
            var prefix = Path.ToString() is { Length: > 0 } path ? path + ": " : "";
            Problems.Add(
                key.Location,
                $"{prefix}unknown key {Redaction.Quoted(key.Text)}: {suggestion}must be one of {string.Join(", ", keys)}"
            );
        }
    }
}
