using System.Text.RegularExpressions;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration;

/// <summary>The setting that says which database a command connects to: the same for every command.</summary>
internal static partial class ConnectionSetting
{
    /// <summary>
    /// Null, and at least one more problem, where it cannot be meant. With no --connection all of it is libpq's environment.
    /// </summary>
    /// <param name="settings">Flags and variables.</param>
    /// <param name="environment">What fills what is left open.</param>
    /// <param name="problems">Gets what is wrong.</param>
    /// <param name="defaults">What fills it before the environment does; null for nothing.</param>
    /// <param name="password">A password for a connection that says none; null for what libpq would find.</param>
    public static ConnectionSettings? Read(
        Settings settings,
        IReadOnlyDictionary<string, string> environment,
        ICollection<Problem> problems,
        IReadOnlyDictionary<string, string>? defaults = null,
        string? password = null
    )
    {
        var setting = settings.One("connection") ?? new("connection", ProblemOrigin.Configuration, "");
        if (setting is { Kind: ProblemOrigin.Flag, Value: "" })
        {
            problems.Add(
                setting.Wrong("a postgresql:// URI or \"host=... user=...\"; leave it out to take all of it from PGHOST and the like")
            );
            return null;
        }

        var said = new List<string>();
        ConnectionSettings? connection = null;
        if (ConnectionText.TryRead(setting.Value, said) is { } written)
        {
            if (password is not null && !TargetSettings.HasPassword(written))
                written["password"] = password;
            connection = ConnectionText.Resolve(written, defaults, LibpqEnvironment.From(environment), said, missingFiles: null);
        }

        // libpq's own variables are told by their names, and are no fault of the flag.
        foreach (var problem in said)
            problems.Add(LibpqVariable().IsMatch(problem) ? new(ProblemOrigin.Configuration, problem) : setting.CreateProblem(problem));
        return said.Count == 0 ? connection : null;
    }

    [GeneratedRegex("^PG[A-Z]+: ")]
    private static partial Regex LibpqVariable();
}
