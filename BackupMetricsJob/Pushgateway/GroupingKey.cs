using System.Buffers.Text;
using System.Text;

namespace BackupMetricsJob.Pushgateway;

/// <summary>A grouping label other than the job.</summary>
internal sealed record GroupingLabel(string Name, string Value);

/// <summary>
/// The group that a push replaces: the job, then further labels in the given order. It is always valid: names are legal and unique, values
/// are well-formed. A single ill-formed byte in the path would make a Pushgateway (1.5.1) refuse everyone's pushes.
/// </summary>
internal sealed class GroupingKey
{
    GroupingKey(string job, IReadOnlyList<GroupingLabel> labels) => (Job, Labels) = (job, labels);

    public string Job { get; }

    public IReadOnlyList<GroupingLabel> Labels { get; }

    /// <summary>The key, or null and at least one more problem.</summary>
    public static GroupingKey? TryCreate(string job, IReadOnlyList<GroupingLabel> labels, ICollection<string> problems)
    {
        var before = problems.Count;
        if (job.Length == 0)
            problems.Add("job: must not be empty");
        else if (Fault(job) is { } fault)
            problems.Add($"job \"{PlainText.OnOneLine(job)}\": {fault}");

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in labels)
        {
            if (NameFault(name) is { } nameFault)
                problems.Add($"grouping label \"{PlainText.OnOneLine(name)}\": {nameFault}");
            else if (!names.Add(name))
                problems.Add($"grouping label \"{name}\": given twice");
            if (Fault(value) is { } valueFault)
                problems.Add($"grouping label {PlainText.OnOneLine(name)}=\"{PlainText.OnOneLine(value)}\": {valueFault}");
        }

        return problems.Count == before ? new GroupingKey(job, [.. labels]) : null;
    }

    /// <summary>The path below <c>/metrics</c>. The gateway decodes it to exactly these labels.</summary>
    public string ToPath()
    {
        var path = new StringBuilder();
        Append(path, "job", Job);
        foreach (var (name, value) in Labels)
            Append(path, name, value);
        return path.ToString();
    }

    public override string ToString()
    {
        var text = new StringBuilder().Append("{job=\"").Append(PlainText.OnOneLine(Job)).Append('"');
        foreach (var (name, value) in Labels)
            text.Append(", ").Append(name).Append("=\"").Append(PlainText.OnOneLine(value)).Append('"');
        return text.Append('}').ToString();
    }

    static void Append(StringBuilder path, string name, string value)
    {
        path.Append('/').Append(name);
        if (IsPlain(value))
            path.Append('/').Append(value);
        else
            path.Append("@base64/").Append(value.Length == 0 ? "=" : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(value)));
    }

    /// <summary>Whether the value can be sent unencoded. A path segment of only dots would be collapsed on the way.</summary>
    static bool IsPlain(string value)
    {
        var onlyDots = true;
        foreach (var c in value)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.' or '~'))
                return false;
            onlyDots &= c == '.';
        }

        return !onlyDots;
    }

    static string? NameFault(string name)
    {
        if (name == "job")
            return "the job has its own option: --job, or job in the file";
        if (name.StartsWith("__", StringComparison.Ordinal))
            return "names that begin with __ are reserved for Prometheus";
        var legal = name.Length > 0 && !char.IsAsciiDigit(name[0]);
        foreach (var c in name)
            legal &= char.IsAsciiLetterOrDigit(c) || c == '_';
        return legal ? null : "a name consists of letters (a-z, A-Z), digits and _, and must not begin with a digit";
    }

    static string? Fault(string value) =>
        value.Contains('\0', StringComparison.Ordinal) ? "must not contain NUL"
        : PlainText.IsWellFormed(value) ? null
        : "is not well-formed Unicode (half a surrogate pair)";
}
