using System.Collections.Concurrent;
using System.Text.Json;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>YAML as the npm package `yaml` reads it (version 1.2): not by our own reader, which is for our own file alone.</summary>
internal static class YamlText
{
    // The same few files are read by many tests.
    static readonly ConcurrentDictionary<string, Lazy<Task<JsonElement>>> Known = new(StringComparer.Ordinal);

    public static Task<JsonElement> ReadAsync(string text) => Known.GetOrAdd(text, _ => new(() => ParseAsync(text))).Value;

    static async Task<JsonElement> ParseAsync(string text)
    {
        const string Script =
            "process.stdout.write(JSON.stringify(require('yaml').parse(require('fs').readFileSync(0, 'utf8'), {merge: true})))";
        var options = new ChildOptions { Input = text, WorkingDirectory = Repository.Tests };
        return JsonSerializer.Deserialize<JsonElement>(
            await ChildProcess.RunSuccessfullyAsync(Tool.Find("node", "apt-get install nodejs"), ["-e", Script], options)
        );
    }
}
