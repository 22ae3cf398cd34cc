namespace Prometheus.Internal;

/// <summary>A static label: its name is not checked before a collector has it.</summary>
internal sealed record Label(string Name, string Value)
{
    /// <summary>The pairs in their order. A null in one of them is a NotSupportedException, as in the package.</summary>
    public static Label[] From(IDictionary<string, string> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var labels = new Label[pairs.Count];
        var count = 0;
        foreach (var (name, value) in pairs)
        {
            if (name is null || value is null)
                throw new NotSupportedException($"The label '{name}' has no value: null is neither a label's name nor its value.");

            labels[count++] = new Label(name, value);
        }

        return labels;
    }
}
