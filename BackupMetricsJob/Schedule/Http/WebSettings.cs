using BackupMetricsJob.Configuration;
using BackupMetricsJob.Schedule.Reporting;

namespace BackupMetricsJob.Schedule.Http;

/// <summary>The web configuration in force: who is let in, and our certificate. It never changes.</summary>
/// <param name="Tls">Null for plain HTTP.</param>
internal sealed record WebAccess(ServerTls? Tls, Users Users);

/// <summary>
/// The web configuration file and the files it names, read again with the other settings: before every run and at SIGHUP. What is read
/// counts from the next connection or request on. One that is broken is told once, and leaves the last good one in force.
/// </summary>
internal sealed class WebSettings(Setting? file, WebAccess current, ScheduleLog log)
{
    WebAccess _current = current;
    List<string> _loggedProblems = [];

    public WebAccess Current => Volatile.Read(ref _current);

    /// <summary>Null, and at least one more problem, where it is not to be used.</summary>
    /// <param name="file">Null for none: plain HTTP, for everybody.</param>
    /// <param name="log">Gets what is found later.</param>
    /// <param name="problems">Gets what is wrong now.</param>
    public static WebSettings? Open(Setting? file, ScheduleLog log, ICollection<Problem> problems)
    {
        if (file is null)
            return new(null, new(null, new(WebConfig.Open.Users)), log);
        return Read(file, problems, null) is { } access ? new(file, access, log) : null;
    }

    /// <summary>One caller at a time.</summary>
    public void Reload()
    {
        if (file is null)
            return;
        var problems = new List<Problem>();
        var read = Read(file, problems, Current.Users);
        if (read is not null && read.Tls is null != Current.Tls is null)
        {
            problems.Add(file.CreateProblem("TLS is switched on or off by a new start only"));
            read = null;
        }

        List<string> words = [.. problems.Select(problem => problem.Text)];
        if (words.Count == 0 && _loggedProblems.Count > 0)
            log.Info("web_config", "the web configuration has been read again");
        foreach (var word in words.Except(_loggedProblems))
            log.Error("web_config", "the web configuration could not be read again, the last good one stays: " + word);
        _loggedProblems = words;
        if (read is not null)
            Volatile.Write(ref _current, read);
    }

    /// <param name="users">Those in force, who keep the passwords that they know to be right as long as nothing of them has
    /// changed.</param>
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
