using BackupMetricsJob.Http;

namespace BackupMetricsJob.Configuration;

/// <summary>The heartbeat of a file. The secret has not been read yet.</summary>
/// <param name="Start">The URL, or "none"; null for the default path of healthchecks.io.</param>
/// <param name="Fail">Likewise, for a failed run.</param>
internal sealed record HeartbeatSettings(SecretSource Url, Setting? Start, Setting? Fail);

/// <summary>Reads the heartbeat. A flag or a variable replaces that of the file as a whole. No message shows a URL.</summary>
internal sealed class HeartbeatReader(
    GivenSettings settings,
    IReadOnlyDictionary<string, string> environment,
    ICollection<Problem> problems
)
{
    public const string None = "none";
    public const string Allowed = "a URL like https://hc-ping.com/UUID, which is a secret and so not shown";

    public Heartbeat? Read(FileSettings? files)
    {
        var (url, file) = (settings.One(JobSettings.Heartbeat), settings.One(JobSettings.HeartbeatFile));
        if (url is not null && file is not null && url.Origin == file.Origin)
            problems.Add(file.CreateProblem($"cannot be combined with {url.Name}"));
        if (url is { Origin: ProblemOrigin.Flag })
            file = null;
        if (file is not null)
            return Resolve(new(SecretSource.FromFile(file.Name, file.Value, file.Origin, null), null, null));
        return url is not null ? Resolve(new(SecretSource.FromSetting(url), null, null)) : Resolve(files?.Heartbeat);
    }

    Heartbeat? Resolve(HeartbeatSettings? from)
    {
        if (from is null)
            return null;
        if (from.Url.Read(environment, out var fault) is not { } text)
        {
            problems.Add(new(ProblemOrigin.Configuration, fault) { Location = from.Url.Location, IsInFile = from.Url.IsFile });
            return null;
        }

        if (Heartbeat.TryParse(text.Trim()) is not { } success)
        {
            problems.Add(from.Url.CreateProblem($"{from.Url.DisplayName}: must be {Allowed}") with { IsInFile = from.Url.IsFile });
            return null;
        }

        var usual = Heartbeat.Create(success);
        return new(success, Url(from.Start, usual.Start), Url(from.Fail, usual.Fail));
    }

    static Uri? Url(Setting? setting, Uri? usual) =>
        setting is null ? usual
        : setting.Value == None ? null
        : Heartbeat.TryParse(setting.Value);
}
