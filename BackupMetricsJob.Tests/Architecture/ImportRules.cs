namespace BackupMetricsJob.Tests.Architecture;

/// <summary>
/// Which room (the namespace below <paramref name="Root"/>) may use which others, and which namespaces from elsewhere only some rooms
/// may see. A room may also use what the rooms that it uses may use. A type outside every namespace is the room Program if it has
/// that name, else the compiler's.
/// </summary>
internal sealed record ImportRules(
    string Root,
    IReadOnlyDictionary<string, string[]> Rooms,
    IReadOnlyDictionary<string, string[]> Outside,
    IReadOnlyList<string> ForbiddenAssemblies
)
{
    /// <summary>One line for each use that the rules do not allow; empty if all is well.</summary>
    public IReadOnlyList<string> Violations(IEnumerable<TypeUse> uses, IEnumerable<string> assemblies)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var assembly in assemblies)
        {
            if (ForbiddenAssemblies.Any(forbidden => IsWithin(assembly, forbidden)))
                found.Add($"The assembly refers to {assembly}.");
        }

        foreach (var use in uses)
        {
            if (RoomOf(use.User) is not { } room)
                continue;
            if (!Rooms.ContainsKey(room))
                found.Add($"{use.User} stands in no room of the design.");
            else if (RoomOf(use.Used) is { } other)
            {
                if (other != room && !Reachable(room).Contains(other))
                    found.Add($"{room} must not use {other}: {use.User} uses {use.Used}.");
            }
            else if (
                Outside.FirstOrDefault(rule => IsWithin(use.Used, rule.Key)) is { Key: { } name, Value: { } allowed }
                && !allowed.Contains(room)
            )
            {
                found.Add($"{room} must not see {name}: {use.User} uses {use.Used}.");
            }
        }

        return [.. found];
    }

    static bool IsWithin(string name, string prefix) => name == prefix || name.StartsWith(prefix + ".", StringComparison.Ordinal);

    string? RoomOf(string type)
    {
        if (type == "Program")
            return type;
        return IsWithin(type, Root)
            ? type[(Root.Length + 1)..].Split('.') is [var room, _, ..]
                ? room
                : "(root)"
            : null;
    }

    HashSet<string> Reachable(string room)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>(Rooms[room]);
        while (open.TryPop(out var next))
        {
            if (!reached.Add(next))
                continue;
            foreach (var further in Rooms[next])
                open.Push(further);
        }

        return reached;
    }
}
