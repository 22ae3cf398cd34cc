using BackupMetricsJob.Configuration;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Configuration;

/// <summary>A directory with configuration files, read with flags and variables as the commands do.</summary>
internal sealed class ConfigurationFile : IDisposable
{
    readonly TempFolder _folder = new();

    /// <param name="main">The text of the main file, where FOLDER is the directory; null for none.</param>
    public ConfigurationFile(string? main = null)
    {
        if (main is not null)
            Add("main.yaml", main);
    }

    public string Folder => _folder.Path;

    /// <summary>The result of the last reading.</summary>
    public OutputOptions Output { get; private set; } = new(LogFormat.Text, true, false);

    public string Add(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        return _folder.Write(name, text.Replace("FOLDER", _folder.Path, StringComparison.Ordinal));
    }

    /// <param name="flags">Each name=value, without dashes.</param>
    /// <param name="variables">Each NAME=value.</param>
    /// <param name="push">Whether to read it for a push.</param>
    public JobOptions Read(string[]? flags = null, string[]? variables = null, bool push = false)
    {
        var problems = Problems(out var job, flags, variables, push);
        Assert.True(job is not null, problems);
        return job!;
    }

    /// <summary>One line each, without the path of the directory.</summary>
    public string Problems(string[]? flags = null, string[]? variables = null, bool push = false)
    {
        var problems = Problems(out var job, flags, variables, push);
        Assert.Null(job);
        return problems;
    }

    public IReadOnlyList<Problem> All { get; private set; } = [];

    string Problems(out JobOptions? job, string[]? flags, string[]? variables, bool push)
    {
        var environment = new Dictionary<string, string> { ["HOME"] = "/nonexistent" };
        foreach (var variable in variables ?? [])
            environment[variable.Split('=', 2)[0]] = variable.Split('=', 2)[1];
        List<string> given = [.. flags ?? []];
        if (
            File.Exists(_folder.File("main.yaml"))
            && !given.Exists(flag => flag.StartsWith("config=", StringComparison.Ordinal))
            && !environment.ContainsKey("BACKUP_METRICS_CONFIG")
        )
            given.Add("config=" + _folder.File("main.yaml"));
        var typed = new GivenFlags();
        foreach (
            var group in given
                .Select(flag => flag.Replace("FOLDER", _folder.Path, StringComparison.Ordinal).Split('=', 2))
                .GroupBy(pair => pair[0], pair => pair[1])
        )
            typed.Add(group.Key, [.. group]);
        All = OptionsReader.Read(typed, environment, push ? Purpose.Push : Purpose.Show, out job, out var output);
        Output = output;
        return string.Concat(All.Select(problem => problem.Text.Replace(_folder.Path + "/", "", StringComparison.Ordinal) + "\n"));
    }

    public void Dispose() => _folder.Dispose();
}
