using System.Security.Cryptography;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Files;
using BackupMetricsJob.Schedule.Reporting;

namespace BackupMetricsJob.Schedule.Http;

/// <summary>The web configuration in force: whom we let in, and our certificate. It never changes.</summary>
/// <param name="Tls">Null for plain HTTP.</param>
internal sealed record WebAccess(ServerTls? Tls, Users Users);

/// <summary>
/// The web configuration file and the files it names, looked at again when somebody asks, once a second at most: a change counts from the next
/// connection on. One that is broken is told once, and leaves the last good one in force.
/// </summary>
internal sealed class WebSettings
{
    const int MostBytes = 4 << 20;
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    readonly Lock _lock = new();
    readonly Setting? _file;
    readonly ScheduleLog _log;
    readonly TimeProvider _time;
    WebAccess _good;
    IReadOnlyList<string> _files = [];
    string _seen = "";
    List<string> _told = [];
    long _looked;

    WebSettings(Setting? file, WebAccess good, ScheduleLog log, TimeProvider time)
    {
        (_file, _good, _log, _time) = (file, good, log, time);
        _looked = time.GetTimestamp();
    }

    /// <summary>Null, and at least one more problem, where it is not to be used.</summary>
    /// <param name="file">Null for none: plain HTTP, for everybody.</param>
    /// <param name="log">Gets what is found later.</param>
    /// <param name="time">The clock.</param>
    /// <param name="problems">Gets what is wrong now.</param>
    public static WebSettings? Open(Setting? file, ScheduleLog log, TimeProvider time, ICollection<Problem> problems)
    {
        if (file is null) return new(null, new(null, new(WebConfig.Open.Users)), log, time);
        IReadOnlyList<string> files = [file.Value];
        var seen = Fingerprint(files);
        return Read(file, problems, ref files) is { } good ? new(file, good, log, time) { _files = files, _seen = files.Count > 1 ? "" : seen } : null;
    }

    public WebAccess Current
    {
        get
        {
            if (_file is not null && _time.GetElapsedTime(Volatile.Read(ref _looked)) >= Every && _lock.TryEnter())
            {
                try
                {
                    Look(_file);
                }
                finally
                {
                    _lock.Exit();
                }
            }

            return Volatile.Read(ref _good);
        }
    }

    void Look(Setting file)
    {
        Volatile.Write(ref _looked, _time.GetTimestamp());
        var seen = Fingerprint(_files);
        if (seen == _seen) return;
        var problems = new List<Problem>();
        var files = _files;
        var read = Read(file, problems, ref files);
        if (read is not null && read.Tls is null != _good.Tls is null)
        {
            problems.Add(file.Says("TLS is switched on or off by a new start only"));
            read = null;
        }

        var isAnew = _seen.Length > 0 || _told.Count > 0;
        _seen = files.SequenceEqual(_files) ? seen : ""; // Files that were not looked at before: once more, since they may have changed in between.
        _files = files;
        Tell(problems, isAnew);
        if (read is not null) Volatile.Write(ref _good, read);
    }

    void Tell(List<Problem> problems, bool isAnew)
    {
        List<string> words = [.. problems.Select(problem => problem.Words)];
        if (words.Count == 0 && isAnew) _log.Info("web_config", "the web configuration has been read again");
        if (!words.SequenceEqual(_told))
        {
            foreach (var word in words) _log.Error("web_config", "the web configuration could not be read again, the last good one stays: " + word);
        }

        _told = words;
    }

    static WebAccess? Read(Setting file, ICollection<Problem> problems, ref IReadOnlyList<string> files)
    {
        if (WebConfigReader.Read(file, problems) is not { } config) return null;
        files = [file.Value, .. config.Files];
        var tls = config.Tls is null ? null : ServerTls.TryRead(config.Tls, problems);
        return config.Tls is null == tls is null ? new(tls, new(config.Users)) : null;
    }

    /// <summary>What the files hold. Not their times: a mounted secret is changed by a link far above them.</summary>
    static string Fingerprint(IReadOnlyList<string> files)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            var content = BoundedFile.Read(file, MostBytes);
            if (content.Fault is null) all.AppendData(SHA256.HashData(content.Bytes));
            else all.AppendData("unreadable"u8);
        }

        return Convert.ToHexString(all.GetHashAndReset());
    }
}
