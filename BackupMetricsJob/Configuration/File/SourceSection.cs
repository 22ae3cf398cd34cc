using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration.File;

/// <summary>sources: a list of names, or of maps of one name with what that source is asked.</summary>
internal sealed class SourceSection(string folder, FileProblems problems)
{
    static readonly string Allowed = $"one of {string.Join(", ", SourceName.All)}";

    readonly List<string> _names = [];
    ServerPatterns _servers = ServerPatterns.All;
    string? _query;
    IReadOnlyList<string> _receivers = [];
    Omissions _without;

    public SourceText? Read(YamlNode node, KeyPath path)
    {
        if (node is not YamlSequence { Items.Count: > 0 } list)
        {
            problems.WrongKind(node, path, "a list of sources");
            return null;
        }

        for (var i = 0; i < list.Items.Count; i++)
            Read(list.Items[i], path[i], list);
        return new([.. SourceName.All.Where(_names.Contains)], new(_servers, _query) { Receivers = _receivers, Without = _without });
    }

    void Read(YamlNode node, KeyPath path, YamlSequence list)
    {
        if (node is YamlScalar { IsNull: false } name)
        {
            if (!SourceName.All.Contains(name.Text))
                problems.Wrong(node, path, Allowed);
            else if (name.Text == SourceName.Query)
                problems.Wrong(node, path, "a map, since it needs a SELECT: query: {sql_file: FILE} or query: {sql: TEXT}");
            else
                Add(name.Text, node, path);
        }
        else if (node is not YamlMapping { Entries.Count: 1 } map)
        {
            problems.Wrong(node, path, Allowed + ", or a map of one of server, catalog, query");
        }
        else if (Fields.Create(map, path, [SourceName.Server, SourceName.Catalog, SourceName.Query], folder, problems) is { } fields)
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
            problems.Add(node.Location, $"{path}: must be another source: {name} is in the list already");
        else
            _names.Add(name);
    }

    void ReadServer(Fields source)
    {
        if (source.Map(SourceName.Server, Keys.Server) is not { } fields)
            return;
        const string Receiver = "the name of a replication slot or of an application";
        if (Texts(fields, "receivers", "names of replication slots or applications", SourceText.IsReceiver, Receiver) is { } names)
            _receivers = names;
        var omissions = string.Join(", ", OmissionNames.All);
        foreach (
            var name in Texts(fields, "without", omissions, name => OmissionNames.Parse(name) is not null, "one of " + omissions) ?? []
        )
            _without |= OmissionNames.Parse(name)!.Value;
    }

    void ReadCatalog(Fields source)
    {
        if (source.Map(SourceName.Catalog, Keys.Catalog) is not { } fields)
            return;
        const string Servers = "names of servers in the catalogue, or patterns like eu-*";
        const string Pattern = "the name of a server in the catalogue, or a pattern like eu-*";
        if (
            Texts(fields, "servers", Servers, text => text.Trim().Length > 0 && LabelText.IsWellFormed(text), Pattern) is
            { Count: > 0 } patterns
        )
            _servers = new(patterns);
    }

    /// <summary>A list of texts, those that are allowed; null where there is none.</summary>
    List<string>? Texts(Fields fields, string key, string what, Func<string, bool> isAllowed, string allowed)
    {
        if (fields[key] is not { } node)
            return null;
        if (node is not YamlSequence { Items: { Count: > 0 } items })
        {
            problems.WrongKind(node, fields.Path[key], "a list of " + what);
            return null;
        }

        var texts = new List<string>();
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is YamlScalar { IsNull: false } scalar && isAllowed(scalar.Text))
                texts.Add(scalar.Text);
            else
                problems.Wrong(items[i], fields.Path[key][i], allowed);
        }

        return texts;
    }

    void ReadQuery(Fields source)
    {
        if (source.Map(SourceName.Query, Keys.Query) is not { } fields)
            return;
        var name = fields.Text("name", "a text");
        if (fields.OneOf("sql_file", "sql") is not { } key)
            fields.Require("sql_file", "the file with the SELECT, or sql, the SELECT itself");
        else if (key == "sql")
            _query = fields.Text(key, "a SELECT");
        else if (fields.File(key) is { } file)
        {
            // A name is for people: it is what they see where the query's file is wrong.
            _query = SourceText.ReadQuery(file.Value, out var fault);
            if (_query is null)
                problems.Add(
                    file.Location!,
                    $"{file.Origin} {Redaction.Quoted(file.Value)}"
                        + $"{(name is null ? "" : $", of query {Redaction.Quoted(name)}")}: {fault}"
                );
        }

        if (_query?.Contains('\0', StringComparison.Ordinal) is true)
            problems.Add(fields.Location, $"{fields.Path}: a NUL character is not allowed");
    }
}
