using System.Globalization;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration.File;

/// <summary>
/// A map of the file whose keys are known. It is asked for values by key; a value that is not what it must be is told and counts as not
/// given, and so is a key that nobody knows, with the nearest one.
/// </summary>
internal sealed class Fields(YamlMapping map, KeyPath path, string folder, FileProblems problems)
{
    public KeyPath Path => path;

    public SourceLocation Location => map.Location;

    public string Folder => folder;

    public FileProblems Problems => problems;

    /// <summary>Null, and a problem, where it is no map.</summary>
    /// <param name="node">The map.</param>
    /// <param name="path">The way to it.</param>
    /// <param name="keys">The keys that it may have.</param>
    /// <param name="folder">What file names in it are relative to.</param>
    /// <param name="problems">Gets what is wrong.</param>
    /// <param name="allowed">What it must be, where that is more than a map.</param>
    public static Fields? Create(YamlNode node, KeyPath path, string[] keys, string folder, FileProblems problems, string? allowed = null)
    {
        if (node is not YamlMapping map)
        {
            problems.WrongKind(node, path, allowed ?? "a map with keys of " + string.Join(", ", keys));
            return null;
        }

        var fields = new Fields(map, path, folder, problems);
        fields.RefuseUnknown(keys);
        return fields;
    }

    public YamlNode? this[string key] => map.Find(key)?.Value;

    public bool Has(string key) => map.Find(key) is not null;

    public Fields? Map(string key, string[] keys) => this[key] is { } node ? Create(node, Path[key], keys, Folder, Problems) : null;

    /// <summary>A text; a number or a boolean is as good as one, in the spelling of the file.</summary>
    public string? Text(string key, string allowed)
    {
        if (this[key] is not { } node)
            return null;
        if (node is YamlScalar { IsNull: false, Text.Length: > 0 } scalar)
            return scalar.Text;
        Problems.Wrong(node, Path[key], allowed);
        return null;
    }

    /// <summary>A text and where it stands, for those who judge it themselves.</summary>
    public Setting? Setting(string key, string allowed) =>
        Text(key, allowed) is { } text
            ? new(Path[key].ToString(), ProblemOrigin.Configuration, text) { Location = this[key]!.Location }
            : null;

    /// <summary>The path of a file; one that is relative is relative to the folder of the file that names it.</summary>
    public Setting? File(string key) =>
        Setting(key, "the path of a file") is { } setting ? setting with { Value = System.IO.Path.Combine(Folder, setting.Value) } : null;

    public TimeSpan? Duration(string key, bool mayBeZero = false)
    {
        if (this[key] is not { } node)
            return null;
        if (node is YamlScalar scalar && DurationText.TryParse(scalar.Text, out var duration) && (mayBeZero || duration > TimeSpan.Zero))
            return duration;
        Problems.Wrong(node, Path[key], (mayBeZero ? "" : "longer than zero, ") + DurationText.Allowed);
        return null;
    }

    public bool? Boolean(string key)
    {
        if (this[key] is not { } node)
            return null;
        if (node is YamlScalar { IsPlain: true, Text: "true" or "True" or "TRUE" or "false" or "False" or "FALSE" } scalar)
            return scalar.Text[0] is 't' or 'T';
        Problems.Wrong(node, Path[key], "true or false");
        return null;
    }

    public Setting? Number(string key, int least, int most)
    {
        if (this[key] is not { } node)
            return null;
        if (
            node is YamlScalar { IsPlain: true } scalar
            && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
        )
            return Setting(key, "");
        Problems.Wrong(node, Path[key], $"a whole number of {least} to {most}");
        return null;
    }

    /// <summary>Where it is not in the file: null. Where it must be and is not: a problem.</summary>
    public void Require(string key, string what)
    {
        if (!Has(key))
            Problems.Add(
                Location,
                Path.ToString() is { Length: > 0 } path ? $"{path}: {key} is missing: {what}" : $"{key} is missing: {what}"
            );
    }

    /// <summary>A problem where more than one of the keys is there; gives the first that is.</summary>
    public string? OneOf(params ReadOnlySpan<string> keys)
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
                    $"{Path[key]}: must not be given together with {first}, at {map.Find(first)!.Key.Location}"
                );
        }

        return first;
    }

    public SecretSource? Secret(string key)
    {
        if (key.EndsWith("_file", StringComparison.Ordinal))
            return File(key) is { } file ? SecretSource.InFile(file.Origin, file.Value, ProblemOrigin.Configuration, file.Location) : null;
        if (key.EndsWith("_env", StringComparison.Ordinal))
            return Setting(key, "the name of a variable") is { } name
                ? SecretSource.InVariable(name.Origin, name.Value, name.Location!)
                : null;
        return Setting(key, "a text") is { } text ? SecretSource.Written(text.Origin, text.Value, text.Location!) : null;
    }

    void RefuseUnknown(string[] keys)
    {
        for (var i = 0; i < map.Entries.Count; i++)
        {
            var key = map.Entries[i].Key;
            if (keys.AsSpan().Contains(key.Text))
                continue;
            if (SecretKeys.MayHoldPiece(map.IsFlow, map.Entries, i))
            {
                Problems.Add(key.Location, $"{Path}: unknown key: {SecretKeys.NotShown}");
                continue;
            }

            var meant = NearestName.Find(key.Text.ToLowerInvariant(), keys) is { } nearest ? $"did you mean \"{nearest}\"? " : "";
            var where = Path.ToString() is { Length: > 0 } path ? path + ": " : "";
            Problems.Add(key.Location, $"{where}unknown key {Redaction.Quoted(key.Text)}: {meant}must be one of {string.Join(", ", keys)}");
        }
    }
}
