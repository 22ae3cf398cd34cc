using System.Diagnostics;
using System.Text;

namespace BackupMetricsJob.Tests.Support;

/// <summary>What a process writes to one of its streams, as it comes; somebody may wait for a line of it.</summary>
internal sealed class CapturedText
{
    readonly Lock _guard = new();
    readonly StringBuilder _text = new();
    TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CapturedText(StreamReader reader) => End = ReadAsync(reader);

    /// <summary>Completes when the writer has closed the stream.</summary>
    public Task End { get; }

    public override string ToString()
    {
        lock (_guard)
            return _text.ToString();
    }

    /// <summary>
    /// The first whole line that contains <paramref name="part"/>; throws when the stream ends or the deadline passes without one.
    /// </summary>
    public async Task<string> WaitForLineAsync(string part, TimeSpan? deadline = null)
    {
        var limit = deadline ?? Wait.Deadline;
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            Task next;
            bool ended;
            lock (_guard)
                (next, ended) = (_changed.Task, End is { IsCompleted: true });
            if (FindLine(part) is { } line)
                return line;
            var left = limit - Stopwatch.GetElapsedTime(start);
            if (ended || left <= TimeSpan.Zero || await Task.WhenAny(next, End, Task.Delay(left)) is { IsFaulted: true })
                throw new TimeoutException(
                    $"No line with \"{part}\" {(ended ? "before the process ended" : $"in {limit.TotalSeconds:0.#} s")}. It wrote:\n{this}"
                );
        }
    }

    string? FindLine(string part)
    {
        var lines = ToString().Split('\n');
        return lines[..^1].FirstOrDefault(line => line.Contains(part, StringComparison.Ordinal));
    }

    async Task ReadAsync(StreamReader reader)
    {
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            TaskCompletionSource waiting;
            lock (_guard)
            {
                _text.Append(buffer, 0, count);
                waiting = _changed;
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            waiting.SetResult();
        }
    }
}
