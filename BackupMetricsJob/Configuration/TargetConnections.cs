using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration;

/// <summary>
/// Resolves the connections of targets in files. A missing secret or file is a failure of that target alone. An invalid setting is a
/// problem of the configuration; if many targets share it, it is reported once.
/// </summary>
internal sealed class TargetConnections(IReadOnlyDictionary<string, string> environment, ICollection<Problem> problems)
{
    static readonly string[] FileKeywords = ["passfile", "servicefile", "sslcert", "sslkey"];

    readonly LibpqEnvironment _libpq = LibpqEnvironment.From(environment);
    readonly HashSet<string> _reported = new(StringComparer.Ordinal);

    /// <summary>Starts reading the files that the target names.</summary>
    public void BeginReading(FileTarget target)
    {
        target.Connection?.Secret?.BeginReading();
        (target.Password ?? target.Settings.Password)?.BeginReading();
        foreach (var keyword in FileKeywords)
        {
            var path = target.Connection?.Keywords?.GetValueOrDefault(keyword) ?? target.Settings.Keywords?.GetValueOrDefault(keyword);
            if (path is { Length: > 0 })
                _libpq.BeginReading(path);
        }
    }

    /// <summary>Null, with a failure or a problem, if there is nothing to connect to.</summary>
    public ConnectionSettings? Resolve(FileTarget target, out ProbeFailure? failure)
    {
        var keywords = ReadKeywords(target, out failure);
        if (keywords is null)
            return null;
        failure = AddPassword(keywords, target);
        var (messages, missing) = (new List<string>(), new List<MissingFile>());
        var connection = ConnectionText.Resolve(keywords, target.Settings.Keywords, _libpq, messages, missing);
        if (target.Connection?.Secret is not null && messages.Count > 0)
        {
            failure = InvalidSecret(target.Connection.Secret, messages);
            return null;
        }

        foreach (var problem in messages)
            AddProblem(problem, target, keywords);
        if (missing.Count > 0)
            failure ??= new(missing[0].IsSecret ? FailureReason.Auth : FailureReason.BadData, PlainText.OnOneLine(missing[0].Message))
            {
                Advice = "Create the file, and let this job read it.",
            };
        return failure is null ? connection : null;
    }

    Dictionary<string, string>? ReadKeywords(FileTarget target, out ProbeFailure? failure)
    {
        failure = null;
        if (target.Connection?.Secret is not { } secret)
            return new(target.Connection?.Keywords ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        if (secret.Read(environment, out var fault, allowsLines: true) is not { } text)
        {
            failure = SecretUnavailable(fault);
            return null;
        }

        var messages = new List<string>();
        var written = ConnectionText.TryRead(text.Trim(), messages);
        if (messages.Count == 0 && target.Password is not null && TargetSettings.HasPassword(written))
            messages.Add("contains a password, but the target has another one: remove one of them");
        if (messages.Count == 0)
            return written;
        failure = InvalidSecret(secret, messages);
        return null;
    }

    /// <summary>Returns a failure if the password cannot be read. The rest of the connection is checked without it.</summary>
    ProbeFailure? AddPassword(Dictionary<string, string> written, FileTarget target)
    {
        var password = target.Password ?? (TargetSettings.HasPassword(written) ? null : target.Settings.Password);
        if (password is null)
            return null;
        if (password.Read(environment, out var fault) is not { } secret)
            return SecretUnavailable(fault);
        written["password"] = secret;
        return null;
    }

    static ProbeFailure InvalidSecret(SecretSource secret, List<string> messages) =>
        new(FailureReason.BadData, PlainText.OnOneLine(secret.DisplayName + ": " + string.Join("; ", messages)))
        {
            Advice = "Correct the connection string there.",
        };

    /// <summary>The failure of a target whose secret cannot be read.</summary>
    public static ProbeFailure SecretUnavailable(string fault) =>
        new(FailureReason.Auth, PlainText.OnOneLine(fault)) { Advice = "Store the secret there, on one line, and let this job read it." };

    void AddProblem(string problem, FileTarget target, Dictionary<string, string> written)
    {
        var keyword = problem[..Math.Max(0, problem.IndexOf(':', StringComparison.Ordinal))];
        if (written.ContainsKey(keyword) || target.Connection?.Keywords?.ContainsKey("service") is true)
        {
            var location =
                target.Connection?.KeywordLocations?.GetValueOrDefault(keyword) ?? target.Connection?.Location ?? target.Location;
            problems.Add(new(ProblemOrigin.Configuration, $"{target.Path}.connection: {problem}") { Location = location });
        }
        else if (_reported.Add(problem))
        {
            problems.Add(
                keyword.StartsWith("PG", StringComparison.Ordinal)
                    ? new(ProblemOrigin.Configuration, problem)
                    : new(ProblemOrigin.Configuration, $"{target.Path}: {problem}") { Location = target.Location }
            );
        }
    }
}
