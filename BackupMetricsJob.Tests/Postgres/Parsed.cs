using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Tests.Postgres;

/// <summary>Calls the parser with the test's own environment: nothing from this process or machine matters, except named files.</summary>
internal sealed class Parsed
{
    Parsed(ConnectionSettings? settings, List<string> problems) => (Maybe, Problems) = (settings, problems);

    internal ConnectionSettings? Maybe { get; }

    internal List<string> Problems { get; }

    internal ConnectionSettings Settings => Maybe ?? throw new InvalidOperationException(string.Join("; ", Problems));

    internal string Problem => Assert.Single(Problems);

    internal static Parsed From(string? text, string? variables = null, string? home = null, string? userName = "me")
    {
        var problems = new List<string>();
        ConnectionText.TryParse(text, Environment(variables, home, userName), problems, out var settings);
        Assert.Equal(settings is null, problems.Count > 0);
        return new(settings, problems);
    }

    /// <param name="variables"><c>NAME=value</c>, one per line or separated by spaces.</param>
    internal static LibpqEnvironment Environment(string? variables, string? home, string? userName)
    {
        var map = new Dictionary<string, string>();
        foreach (var variable in (variables ?? "").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
            map[variable[..variable.IndexOf('=', StringComparison.Ordinal)]] = variable[
                (variable.IndexOf('=', StringComparison.Ordinal) + 1)..
            ];
        return new(map, home ?? "/nonexistent", () => userName);
    }
}
