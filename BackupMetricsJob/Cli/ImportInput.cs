using System.Runtime.CompilerServices;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;
using BackupMetricsJob.Catalog.Import.Archive;
using BackupMetricsJob.Files;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>A tool's output and its location. Used to import it by both `import` and `run --import`.</summary>
/// <param name="Tool">One of <see cref="Tools"/>.</param>
/// <param name="File">Null for standard input.</param>
internal sealed record ImportInput(string Tool, string? File)
{
    /// <summary>The name used instead of a tool for the listing of a WAL archive.</summary>
    public const string Archive = ToolDetector.Archive;

    const int MaxNames = 10;

    public static IReadOnlyList<string> Tools { get; } = [.. ToolOutput.Tools, Archive];

    /// <summary>For an archive's listing: what the listing does not tell.</summary>
    public ArchiveSettings Listing { get; init; } = new();

    /// <summary>The flag that names the server, for the message if a list has several other servers.</summary>
    public string ServerFlag { get; init; } = "--server";

    public static bool NeedsServer(string tool) => tool == Archive || ToolOutput.NeedsServer(tool);

    /// <summary>Imports the list; creates the catalogue if there is none.</summary>
    public async Task<ImportReport> ImportAsync(
        ConnectionSettings catalogue,
        ListingOptions options,
        bool allowEmpty,
        TimeSpan timeout,
        CancellationToken stop
    )
    {
        var result = await ImportOnceAsync();
        // Nothing has been read from the list yet.
        if (result.Failure is not { IsUnusable: true } unusable)
            return result;
        var made = await CatalogCreation.RunAsync(catalogue, unusable, timeout, stop);
        return made.Failure is { } failure ? result with { Failure = failure } : await ImportOnceAsync() with { Note = made.Note };

        async Task<ImportReport> ImportOnceAsync() =>
            Tool == Archive
                ? await ImportListingAsync(catalogue, options, allowEmpty, timeout, stop)
                : ImportReport.From(
                    await CatalogImport.RunAsync(
                        catalogue,
                        Tool,
                        ReadAsync(options with { AllowsEmpty = allowEmpty }, stop),
                        allowEmpty,
                        timeout,
                        stop,
                        ImportOrigin.Here(options.Server)
                    )
                );
    }

    async Task<ImportReport> ImportListingAsync(
        ConnectionSettings catalogue,
        ListingOptions options,
        bool allowEmpty,
        TimeSpan timeout,
        CancellationToken stop
    )
    {
        var about = new ArchiveListingOptions(options.Server!, Listing.Storage, options.Now)
        {
            ListedAt = Listing.ListedAt ?? WrittenAt(options.Now),
            Archived = Listing.Archived,
            ArchivedNow = Listing.ArchivedNow,
            AllowEmpty = allowEmpty,
        };
        return ImportReport.From(
            about,
            await ArchiveListingImport.RunAsync(
                catalogue,
                about,
                async cancellationToken =>
                {
                    await using var input = Open();
                    return await ArchiveReader.ReadAsync(input, Listing.SegmentSize, cancellationToken);
                },
                timeout,
                stop
            )
        );
    }

    /// <summary>
    /// When the file was written: an old file is an old listing, whenever it is imported, and also if a shell opens it. If the file does
    /// not exist, opening it reports that.
    /// </summary>
    DateTimeOffset? WrittenAt(DateTimeOffset now) =>
        (
            File is null ? StandardDescriptors.InputWrittenAt()
            : System.IO.File.Exists(File) ? System.IO.File.GetLastWriteTimeUtc(File)
            : null
        )
            is { } written
        && written < now.UtcDateTime
            ? new DateTimeOffset(written, TimeSpan.Zero)
            : null;

    /// <summary>
    /// At a terminal, a missing file is a typing error, and nobody's backups are at fault. Elsewhere, such as in cron, whatever creates the
    /// file has failed, and that is recorded. An unreadable file, or a pipe without a writer, is not missing.
    /// </summary>
    public string? FindMistypedFile(ProcessContext context) =>
        File is "" ? "FILE is empty: name a file, or leave it away to read standard input"
        : context.IsInteractive && File is not null && !System.IO.File.Exists(File)
            ? $"{File} {(Directory.Exists(File) ? "is a folder" : "does not exist")}: nothing was imported, and no failure was recorded"
        : null;

    /// <summary>Why standard input cannot be read; null if it can, or if it is not used.</summary>
    public string? FindInputFault(ProcessContext context) =>
        File is not null ? null
        : !context.HasInput ? "standard input is closed: name a file, or pipe the tool's output into this command"
        : !Console.IsInputRedirected ? "standard input is a terminal: name a file, or pipe the tool's output into this command"
        : null;

    /// <summary>The file is opened here, within the timeout, because opening a pipe that nobody writes to never returns.</summary>
    async IAsyncEnumerable<ListingItem> ReadAsync(ListingOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var input = Open();
        var others = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var item in ToolOutput.ReadAsync(Tool, input, options, cancellationToken))
        {
            if (item is ListingItem.CompleteServer { IsNotListed: true })
                throw new ListingException("", $"{Tool} lists {Names(others)}, but not {options.Server}: {HowToName()}");
            if (item is ListingItem.CompleteServer server)
                others.Add(server.Name);
            yield return item;
        }
    }

    string HowToName() =>
        ServerFlag == "--server"
            ? "leave --server away to import them by these names. It gives another name where one server is listed alone"
            : $"name with {ServerFlag} the server that this run is about";

    static string Names(SortedSet<string> servers) => NameList.FirstOf(servers, MaxNames);

    Stream Open()
    {
        try
        {
            return File is null ? Console.OpenStandardInput() : System.IO.File.OpenRead(File);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ListingException("", $"{File} {UnreadableFile.Reason(e, File!)}");
        }
    }
}
