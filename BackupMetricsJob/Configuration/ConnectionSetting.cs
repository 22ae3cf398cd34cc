using System.Text.RegularExpressions;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration;

/// <summary>Reads --connection, which is the same for every command, and settings like it.</summary>
internal static partial class ConnectionSetting
{
    /// <summary>
    /// Null, and at least one problem, if it is invalid. Without --connection, everything comes from libpq's environment.
    /// </summary>
    /// <param name="defaults">Keywords that take precedence over the environment.</param>
    /// <param name="password">For a connection without a password; null for the one that libpq would find.</param>
    /// <param name="database">The setting: --connection, or the corresponding one for another database.</param>
    public static ConnectionSettings? Read(
        GivenSettings settings,
        IReadOnlyDictionary<string, string> environment,
        ICollection<Problem> problems,
        IReadOnlyDictionary<string, string>? defaults = null,
        string? password = null,
        SettingDefinition? database = null
    )
    {
        database ??= JobSettings.Connection;
        var setting = settings.One(database) ?? new(database.Name, ProblemOrigin.Configuration, "");
        if (setting is { Origin: ProblemOrigin.Flag, Value: "" })
        {
            problems.Add(
                setting.InvalidValue("a postgresql:// URI or \"host=... user=...\". To use only PGHOST and the like, remove the flag")
            );
            return null;
        }

        var messages = new List<string>();
        ConnectionSettings? connection = null;
        if (ConnectionText.TryRead(setting.Value, messages) is { } keywords)
        {
            if (password is not null && !TargetSettings.HasPassword(keywords))
                keywords["password"] = password;
            connection = ConnectionText.Resolve(keywords, defaults, LibpqEnvironment.From(environment), messages, missingFiles: null);
        }

        // A problem of a PG* variable is not a problem of the flag.
        foreach (var problem in messages)
            problems.Add(LibpqVariable().IsMatch(problem) ? new(ProblemOrigin.Configuration, problem) : setting.CreateProblem(problem));
        return messages.Count == 0 ? connection : null;
    }

    [GeneratedRegex("^PG[A-Z]+: ")]
    private static partial Regex LibpqVariable();
}
