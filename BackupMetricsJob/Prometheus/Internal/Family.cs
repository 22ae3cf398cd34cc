namespace Prometheus.Internal;

/// <summary>
/// The collectors of one metric name, in the order of their making: they share a type, and the help of the first. Not safe for several
/// threads: the registry guards it.
/// </summary>
internal sealed class Family(Collector first)
{
    readonly Dictionary<string[], Collector> _collectors = new(StringArrayComparer.Ordinal) { [first.Identity()] = first };

    public Collector GetOrAdd(Collector candidate)
    {
        if (candidate.GetType() != first.GetType())
        {
            throw new InvalidOperationException(
                $"The metric '{candidate.Name}' is already a {first.GetType().Name}: it cannot be a {candidate.GetType().Name} too.");
        }

        var identity = candidate.Identity();
        if (_collectors.TryGetValue(identity, out var existing))
            return existing;

        _collectors.Add(identity, candidate);
        return candidate;
    }

    public Collector[] ToArray() => [.. _collectors.Values];
}
