using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration;

/// <summary>
/// Resolves what the targets of files connect to. A secret or a file that is not there now is the failure of that target alone; what is
/// wrong wherever it is used is a problem, told once where many targets have it from one place.
/// </summary>
internal sealed class TargetConnections(IReadOnlyDictionary<string, string> environment, ICollection<Problem> problems)
{
    static readonly string[] Files = ["passfile", "servicefile", "sslcert", "sslkey"];

    readonly LibpqEnvironment _libpq = LibpqEnvironment.From(environment);
    readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Begins to read the files that the target names.</summary>
    public void Begin(FileTarget target)
    {
        target.Connection?.Secret?.Begin();
        (target.Password ?? target.Settings.Password)?.Begin();
        foreach (var keyword in Files)
        {
            var path = target.Connection?.Keywords?.GetValueOrDefault(keyword) ?? target.Settings.Keywords?.GetValueOrDefault(keyword);
            if (path is { Length: > 0 })
                _libpq.Begin(path);
        }
    }

    /// <summary>Null, with a failure or with a problem, where there is nothing to connect to.</summary>
    public ConnectionSettings? Resolve(FileTarget target, out ProbeFailure? failure)
    {
        var written = Written(target, out failure);
        if (written is null)
            return null;
        failure = AddPassword(written, target);
        var (said, missingFiles) = (new List<string>(), new List<MissingFile>());
        var connection = ConnectionText.Resolve(written, target.Settings.Keywords, _libpq, said, missingFiles);
        if (target.Connection?.Secret is not null && said.Count > 0)
        {
            failure = Unreadable(target.Connection.Secret, said);
            return null;
        }

        foreach (var problem in said)
            AddProblem(problem, target, written);
        if (missingFiles.Count > 0)
            failure ??= new(
                missingFiles[0].IsSecret ? FailureReason.Auth : FailureReason.BadData,
                PlainText.OnOneLine(missingFiles[0].Message)
            )
            {
                Do = "Put the file there, where this job may read it.",
            };
        return failure is null ? connection : null;
    }

    Dictionary<string, string>? Written(FileTarget target, out ProbeFailure? failure)
    {
        failure = null;
        if (target.Connection?.Secret is not { } secret)
            return new(target.Connection?.Keywords ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        if (secret.Read(environment, out var fault, hasLines: true) is not { } text)
        {
            failure = NoSecret(fault);
            return null;
        }

        var said = new List<string>();
        var written = ConnectionText.TryRead(text.Trim(), said);
        if (said.Count == 0 && target.Password is not null && TargetSettings.HasPassword(written))
            said.Add("has a password in it, and the target another: must be given once");
        if (said.Count == 0)
            return written;
        failure = Unreadable(secret, said);
        return null;
    }

    /// <summary>Why there is no password to be had; what else is wrong with the target is found without it.</summary>
    ProbeFailure? AddPassword(Dictionary<string, string> written, FileTarget target)
    {
        var password = target.Password ?? (TargetSettings.HasPassword(written) ? null : target.Settings.Password);
        if (password is null)
            return null;
        if (password.Read(environment, out var fault) is not { } secret)
            return NoSecret(fault);
        written["password"] = secret;
        return null;
    }

    static ProbeFailure Unreadable(SecretSource secret, List<string> said) =>
        new(FailureReason.BadData, PlainText.OnOneLine(secret.Named + ": " + string.Join("; ", said)))
        {
            Do = "Mend the connection text there.",
        };

    /// <summary>A secret of a target that is not to be had; it costs the others nothing.</summary>
    public static ProbeFailure NoSecret(string fault) =>
        new(FailureReason.Auth, PlainText.OnOneLine(fault)) { Do = "Put the secret there, in one line, where this job may read it." };

    void AddProblem(string problem, FileTarget target, Dictionary<string, string> written)
    {
        var keyword = problem[..Math.Max(0, problem.IndexOf(':', StringComparison.Ordinal))];
        if (written.ContainsKey(keyword) || target.Connection?.Keywords?.ContainsKey("service") is true)
        {
            var place = target.Connection?.Places?.GetValueOrDefault(keyword) ?? target.Connection?.Location ?? target.Location;
            problems.Add(new(ProblemOrigin.Configuration, $"{target.Path}.connection: {problem}") { Location = place });
        }
        else if (_told.Add(problem))
        {
            problems.Add(
                keyword.StartsWith("PG", StringComparison.Ordinal)
                    ? new(ProblemOrigin.Configuration, problem)
                    : new(ProblemOrigin.Configuration, $"{target.Path}: {problem}") { Location = target.Location }
            );
        }
    }
}
