using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration.File;

/// <summary>Reads sources: a list of names, or of maps from a name to the settings of that source.</summary>
internal sealed class SourceSection(string folder, FileProblems problems)
{
    static readonly string Allowed = $"one of {string.Join(", ", SourceName.All)}";

    readonly List<string> _names = [];
    ServerPatterns _servers = ServerPatterns.All;
    string? _query;
    IReadOnlyList<string> _receivers = [];
    Omissions _omissions;

    public SourceSelection? Read(YamlNode node, KeyPath path)
    {
        if (node is not YamlSequence { Items.Count: > 0 } list)
        {
            problems.AddInvalidKind(node, path, "a list of sources");
            return null;
        }

        for (var i = 0; i < list.Items.Count; i++)
            Read(list.Items[i], path[i], list);
        return new([.. SourceName.All.Where(_names.Contains)], new(_servers, _query) { Receivers = _receivers, Omissions = _omissions });
    }

    void Read(YamlNode node, KeyPath path, YamlSequence list)
    {
        if (node is YamlScalar { IsNull: false } name)
        {
            if (!SourceName.All.Contains(name.Text))
                problems.AddInvalidValue(node, path, Allowed);
            else if (name.Text == SourceName.Query)
                problems.AddInvalidValue(node, path, "a map with a SELECT: query: {sql_file: FILE} or query: {sql: TEXT}");
            else
                Add(name.Text, node, path);
        }
        else if (node is not YamlMapping { Entries.Count: 1 } map)
        {
            problems.AddInvalidValue(node, path, Allowed + ", or a map of one of server, catalog, query");
        }
        else if (MappingReader.Create(map, path, [SourceName.Server, SourceName.Catalog, SourceName.Query], folder, problems) is { } fields)
        {
            if (map.Entries[0].Key.Text is SourceName.Server)
                ReadServer(fields);
            else if (map.Entries[0].Key.Text is SourceName.Catalog)
                ReadCatalog(fields);
            else if (map.Entries[0].Key.Text is SourceName.Query)
                ReadQuery(fields);
            else
                return;
            Add(map.Entries[0].Key.Text, node, path);
        }
    }

    void Add(string name, YamlNode node, KeyPath path)
    {
        if (_names.Contains(name))
            problems.Add(node.Location, $"{path}: {name} is already in the list");
        else
            _names.Add(name);
    }

    void ReadServer(MappingReader source)
    {
        if (source.Map(SourceName.Server, Keys.Server) is not { } fields)
            return;
        const string Receiver = "the name of a replication slot or an application";
        if (
            ReadTexts(fields, "receivers", "names of replication slots or applications", SourceSelection.IsReceiverName, Receiver) is
            { } names
        )
            _receivers = names;
        var omissions = string.Join(", ", OmissionNames.All);
        foreach (
            var name in ReadTexts(fields, "without", omissions, name => OmissionNames.Parse(name) is not null, "one of " + omissions) ?? []
        )
            _omissions |= OmissionNames.Parse(name)!.Value;
    }

    void ReadCatalog(MappingReader source)
    {
        if (source.Map(SourceName.Catalog, Keys.Catalog) is not { } fields)
            return;
        const string Servers = "names of servers in the catalogue, or patterns like eu-*";
        const string Pattern = "the name of a server in the catalogue, or a pattern like eu-*";
        if (
            ReadTexts(fields, "servers", Servers, text => text.Trim().Length > 0 && LabelParser.IsWellFormed(text), Pattern) is
            { Count: > 0 } patterns
        )
            _servers = new(patterns);
    }

    /// <summary>The allowed strings of a list; null if there is no list.</summary>
    List<string>? ReadTexts(MappingReader fields, string key, string what, Func<string, bool> isAllowed, string allowed)
    {
        if (fields[key] is not { } node)
            return null;
        if (node is not YamlSequence { Items: { Count: > 0 } items })
        {
            problems.AddInvalidKind(node, fields.Path[key], "a list of " + what);
            return null;
        }

        var texts = new List<string>();
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is YamlScalar { IsNull: false } scalar && isAllowed(scalar.Text))
                texts.Add(scalar.Text);
            else
                problems.AddInvalidValue(items[i], fields.Path[key][i], allowed);
        }

        return texts;
    }

    void ReadQuery(MappingReader source)
    {
        if (source.Map(SourceName.Query, Keys.Query) is not { } fields)
            return;
        var name = fields.Text("name", "a string");
        if (fields.AtMostOneOf("sql_file", "sql") is not { } key)
            fields.Require("sql_file", "set it to the file with the SELECT, or set sql to the SELECT");
        else if (key == "sql")
        {
            _query = fields.Text(key, "a SELECT");
            if (_query is not null && UserQuery.AsksNothing(_query))
                problems.Add(fields.Location, $"{fields.Path}.{key}: contains no query");
        }
        else if (fields.File(key) is { } file)
        {
            // The name is only used in messages.
            _query = SourceSelection.ReadQuery(file.Value, out var fault);
            if (_query is null)
                problems.Add(
                    file.Location!,
                    $"{file.Name} {Redaction.Quoted(file.Value)}"
                        + $"{(name is null ? "" : $", of query {Redaction.Quoted(name)}")}: {fault}"
                );
        }

        if (_query?.Contains('\0', StringComparison.Ordinal) is true)
            problems.Add(fields.Location, $"{fields.Path}: must not contain a NUL character");
    }
}
