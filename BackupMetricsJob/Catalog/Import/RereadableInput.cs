namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// A stream that can be read twice with the content of one that cannot: a small one is kept in memory, a large one in a temporary file that
/// has no name any more, so that nothing is left behind however the process ends.
/// </summary>
internal static class RereadableInput
{
    const int SmallEnoughForMemory = 1024 * 1024;

    /// <summary>The stream itself where it can be read twice; then the caller's to dispose, else ours.</summary>
    public static async ValueTask<Stream> OfAsync(Stream input, CancellationToken cancel)
    {
        if (input.CanSeek)
            return input;
        var start = new byte[64 * 1024];
        var memory = new MemoryStream();
        while (memory.Length < SmallEnoughForMemory)
        {
            var read = await input.ReadAsync(start, cancel);
            if (read == 0)
            {
                memory.Position = 0;
                return memory;
            }

            await memory.WriteAsync(start.AsMemory(0, read), cancel);
        }

        await using (memory)
            return await ToFileAsync(memory, input, cancel);
    }

    static async ValueTask<Stream> ToFileAsync(MemoryStream start, Stream rest, CancellationToken cancel)
    {
        var file = Unnamed();
        try
        {
            start.Position = 0;
            await start.CopyToAsync(file, cancel);
            await rest.CopyToAsync(file, cancel);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    static FileStream Unnamed()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var file = new FileStream(path, Private());
            File.Delete(path);
            return file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"a list of more than {SmallEnoughForMemory} bytes on standard input is read twice, and there is no place for it in {Path.GetTempPath()}"
                + $" ({error.Message}): name a file instead of standard input, or another folder in TMPDIR",
                error);
        }
    }

    static FileStreamOptions Private()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Delete };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
