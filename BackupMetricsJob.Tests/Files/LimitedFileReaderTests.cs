using System.Diagnostics;
using BackupMetricsJob.Files;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Files;

/// <summary>A file that hangs costs its reader a limited time and one thread, and does not affect other readers.</summary>
public sealed class LimitedFileReaderTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_pipe_without_a_writer_is_a_fault_and_delays_no_other_file()
    {
        var pipe = Pipe("pipe");

        Assert.StartsWith("cannot be read: no answer within 3 s", LimitedFileReader.Read(pipe, 100).Fault, StringComparison.Ordinal);
        Assert.False(LimitedFileReader.Read(pipe, 100).IsMissing);
        Assert.Equal("beside it", LimitedFileReader.Read(_folder.Write("file", "beside it"), 100).Text);
    }

    [Fact]
    public void A_path_that_hangs_is_read_once_and_later_reads_fail_at_once()
    {
        var pipe = Pipe("pipe");
        var first = LimitedFileReader.Begin(pipe);
        Assert.NotNull(first.Wait().Fault);
        var clock = Stopwatch.StartNew();

        for (var i = 0; i < 100; i++)
        {
            Assert.Same(first, LimitedFileReader.Begin(pipe));
            Assert.NotNull(LimitedFileReader.Read(pipe).Fault);
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"{clock.Elapsed}");
    }

    [Fact]
    public void Concurrent_reads_share_a_result_and_the_next_read_is_new()
    {
        var pipe = Pipe("pipe");
        var readings = new[] { LimitedFileReader.Begin(pipe), LimitedFileReader.Begin(pipe) };

        File.WriteAllText(pipe, "late");

        Assert.All(readings, reading => Assert.Equal("late", reading.Wait().Text));
        Assert.NotSame(readings[0], LimitedFileReader.Begin(pipe));
    }

    [Fact]
    public async Task Many_files_that_hang_are_waited_for_in_parallel_and_release_their_threads()
    {
        var pipes = Enumerable.Range(0, 200).Select(i => Pipe($"p{i}")).ToList();
        var clock = Stopwatch.StartNew();

        var readings = pipes.ConvertAll(pipe => LimitedFileReader.Begin(pipe));
        Assert.All(readings, reading => Assert.NotNull(reading.Wait().Fault));

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(8), $"{clock.Elapsed}");
        foreach (var pipe in pipes)
            await File.WriteAllTextAsync(pipe, "");
        foreach (var reading in readings)
            await Wait.ForAsync("the answer", () => Task.FromResult(reading.Wait().Fault is null));
    }

    [Fact]
    public void Files_that_were_not_started_in_advance_share_a_limit()
    {
        var pipes = Enumerable.Range(0, 40).Select(i => Pipe($"p{i}")).ToList();
        var clock = Stopwatch.StartNew();

        Assert.All(pipes, pipe => Assert.NotNull(LimitedFileReader.Read(pipe, 100).Fault));

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{clock.Elapsed}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(5000)]
    public void A_file_is_read_completely_up_to_the_maximum(int length)
    {
        var file = _folder.Write("file", new string('x', length));

        Assert.Equal(length, LimitedFileReader.Read(file, length).Bytes.Length);
        if (length > 0)
            Assert.Equal(
                "is larger than 0 KiB",
                LimitedFileReader.Read(file, length - 1).Fault?.Replace("4 KiB", "0 KiB", StringComparison.Ordinal)
            );
    }

    [Fact]
    public void Missing_endless_and_binary_files_and_directories_are_distinguished()
    {
        Assert.True(LimitedFileReader.Read(_folder.File("none")).IsMissing);
        Assert.True(LimitedFileReader.Read("/nonexistent/none").IsMissing);
        Assert.Equal("is larger than 64 KiB", LimitedFileReader.Read("/dev/zero", 64 << 10).Fault);
        Assert.Equal("cannot be read: it is a folder", LimitedFileReader.Read(_folder.Path).Fault);
        Assert.NotNull(LimitedFileReader.Read("").Fault);
        File.WriteAllBytes(_folder.File("bytes"), [0xFF]);
        Assert.Null(LimitedFileReader.Read(_folder.File("bytes")).TryText(out var fault));
        Assert.Equal("is not UTF-8", fault);
        Assert.Equal([_folder.File("bytes")], LimitedFileReader.List(_folder.Path).Names);
        Assert.NotNull(LimitedFileReader.List(_folder.File("none")).Fault);
    }

    string Pipe(string name)
    {
        using var made = Process.Start("mkfifo", _folder.File(name));
        made.WaitForExit();
        return _folder.File(name);
    }
}
