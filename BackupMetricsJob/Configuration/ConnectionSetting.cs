using BackupMetricsJob.Targets;

namespace BackupMetricsJob.Configuration;

/// <summary>The setting that says which database a command connects to: the same for every command.</summary>
internal static class ConnectionSetting
{
    /// <summary>Null, and at least one more problem, where it cannot be meant. With no --connection all of it is libpq's environment.</summary>
    public static ConnectionSettings? Read(Settings settings, IReadOnlyDictionary<string, string> environment, ICollection<Problem> problems)
    {
        var setting = settings.One("connection") ?? new("connection", ProblemOrigin.Configuration, "");
        if (setting is { Kind: ProblemOrigin.Flag, Value: "" })
        {
            problems.Add(setting.Wrong("a postgresql:// URI or \"host=... user=...\"; leave it out to take all of it from PGHOST and the like"));
            return null;
        }

        var said = new List<string>();
        ConnectionText.TryParse(setting.Value, new LibpqEnvironment(environment, userName: Environment.UserName), said, out var connection);
        foreach (var problem in said) problems.Add(setting.Says(problem));
        return connection;
    }
}
