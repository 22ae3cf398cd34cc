using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Tests.Postgres;

/// <summary>
/// One call of the parser with an environment of the test's own: nothing of this process or machine gets in, but files named.
/// </summary>
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

    /// <param name="variables"><c>NAME=value</c>, one a line or separated by blanks.</param>
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
