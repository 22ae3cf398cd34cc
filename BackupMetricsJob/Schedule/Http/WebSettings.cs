using BackupMetricsJob.Configuration;
using BackupMetricsJob.Schedule.Reporting;

namespace BackupMetricsJob.Schedule.Http;

/// <summary>The web configuration in use: users and server certificate. Immutable.</summary>
/// <param name="Tls">Null for plain HTTP.</param>
internal sealed record WebAccess(ServerTls? Tls, Users Users);

/// <summary>
/// The web configuration file and the files that it names, reloaded with the other settings: before every run and at SIGHUP. New settings
/// apply to the next connection or request. If they are invalid, that is logged once and the last valid ones stay in use.
/// </summary>
internal sealed class WebSettings(Setting? file, WebAccess current, ScheduleLog log)
{
    WebAccess _current = current;
    List<string> _loggedProblems = [];

    public WebAccess Current => Volatile.Read(ref _current);

    /// <summary>Null if it is unusable; then there is at least one more problem.</summary>
    /// <param name="file">Null for none: plain HTTP without authentication.</param>
    /// <param name="log">Receives later problems.</param>
    /// <param name="problems">Receives problems now.</param>
    public static WebSettings? Open(Setting? file, ScheduleLog log, ICollection<Problem> problems)
    {
        if (file is null)
            return new(null, new(null, new(WebConfig.Open.Users)), log);
        return Read(file, problems, null) is { } access ? new(file, access, log) : null;
    }

    /// <summary>Not thread-safe.</summary>
    public void Reload()
    {
        if (file is null)
            return;
        var problems = new List<Problem>();
        var read = Read(file, problems, Current.Users);
        if (read is not null && read.Tls is null != Current.Tls is null)
        {
            problems.Add(file.CreateProblem("restart the daemon to turn TLS on or off"));
            read = null;
        }

        List<string> words = [.. problems.Select(problem => problem.Text)];
        if (words.Count == 0 && _loggedProblems.Count > 0)
            log.Info("web_config", "the web configuration was reloaded");
        foreach (var word in words.Except(_loggedProblems))
            log.Error("web_config", "the web configuration could not be reloaded and the last valid one stays in use: " + word);
        _loggedProblems = words;
        if (read is not null)
            Volatile.Write(ref _current, read);
    }

    /// <param name="users">The current users, kept with their cached passwords if nothing about them changed.</param>
    static WebAccess? Read(Setting file, ICollection<Problem> problems, Users? users)
    {
        if (WebConfigReader.Read(file, problems) is not { } config)
            return null;
        var tls = config.Tls is null ? null : ServerTls.TryRead(config.Tls, problems);
        if (config.Tls is null != tls is null)
            return null;
        return new(tls, users?.HasSameHashes(config.Users) == true ? users : new(config.Users));
    }
}
