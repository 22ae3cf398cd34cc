using System.Text;
using BackupMetricsJob.Files;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Files;

/// <summary>A file is replaced as a whole, and what killed runs left beside it is removed, and nothing else.</summary>
public sealed class AtomicFileTests
{
    [Fact]
    public async Task What_a_killed_run_left_is_removed_and_nothing_else()
    {
        using var folder = new TempFolder();
        var file = folder.File("b.prom");
        string[] others =
        [
            // Of another file, of an editor, of a person, and not hidden.
            ".c.prom.abcdefgh.xyz",
            ".b.prom.swp",
            ".b.prom.abcdefgh.xyz.bak",
            ".b.prom.ABCDEFGH.XYZ",
            "b.prom.abcdefgh.xyz",
        ];
        foreach (var other in others)
            folder.Write(other, "mine");
        folder.Write(".b.prom.abcdefgh.xyz", "half");
        File.CreateSymbolicLink(folder.File(".b.prom.a2345678.xyz"), folder.File(others[0]));
        // Another run is about to give this one its name.
        await using var locked = new FileStream(folder.File(".b.prom.0bcdefgh.xyz"), FileMode.CreateNew, FileAccess.Write, FileShare.None);

        Assert.Null(await WriteAsync(file, "new"));

        Assert.Equal(
            ((string[])["b.prom", ".b.prom.a2345678.xyz", ".b.prom.0bcdefgh.xyz", .. others]).Order(StringComparer.Ordinal),
            Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.Equal("new", await File.ReadAllTextAsync(file));
    }

    /// <summary>Until it has its name, so that a run that starts meanwhile does not take it for a leftover.</summary>
    [Fact]
    public async Task Two_that_write_the_same_file_do_not_disturb_each_other()
    {
        using var folder = new TempFolder();
        var file = folder.File("b.prom");

        var first = await AtomicFile.WriteAsync(
            file,
            async stream =>
            {
                await stream.WriteAsync("first"u8.ToArray());
                Assert.Null(await WriteAsync(file, "second"));
                Assert.Equal("second", await File.ReadAllTextAsync(file));
            }
        );

        Assert.Null(first);
        Assert.Equal("first", await File.ReadAllTextAsync(file));
        Assert.Equal([file], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task To_try_changes_nothing_and_finds_what_a_write_would()
    {
        using var folder = new TempFolder();
        var file = folder.Write("b.prom", "old");
        Directory.CreateDirectory(folder.File("taken.prom"));

        Assert.Null(await AtomicFile.TryAsync(file));
        Assert.Null(await AtomicFile.TryAsync(folder.File("new.prom")));
        Assert.Equal(new(FileFaultKind.IsFolder, "it is a directory"), await AtomicFile.TryAsync(folder.File("taken.prom")));
        Assert.Equal(FileFaultKind.NoFolder, (await AtomicFile.TryAsync(folder.File("missing/b.prom")))?.Kind);
        Assert.Equal(FileFaultKind.NoFolder, (await AtomicFile.TryAsync(Path.Combine(file, "b.prom")))?.Kind);
        Assert.Equal("old", await File.ReadAllTextAsync(file));
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    static Task<FileFault?> WriteAsync(string path, string text) =>
        AtomicFile.WriteAsync(path, stream => stream.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask());
}
