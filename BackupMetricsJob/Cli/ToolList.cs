using System.Runtime.CompilerServices;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>What a tool printed, and where it is: the one place that imports it, for `import` and for `run --import`.</summary>
/// <param name="Tool">One of <see cref="ToolOutput.Tools"/>.</param>
/// <param name="File">Null for standard input.</param>
internal sealed record ToolList(string Tool, string? File)
{
    public Task<ImportResult> ImportAsync(
        ConnectionSettings catalogue,
        ListingOptions options,
        bool allowEmpty,
        TimeSpan timeout,
        CancellationToken stop
    ) => CatalogImport.RunAsync(catalogue, Tool, ReadAsync(options, stop), allowEmpty, timeout, stop);

    /// <summary>Why nothing can come from standard input; null if something can, or if it is not read.</summary>
    public string? FindInputFault(ProcessContext context) =>
        File is not null ? null
        : !context.HasInput ? "standard input is closed: name a file, or pipe the tool's output into this command"
        : !Console.IsInputRedirected ? "standard input is a terminal: name a file, or pipe the tool's output into this command"
        : null;

    /// <summary>The file is opened here, within the timeout, because opening a pipe that nobody writes to never returns.</summary>
    async IAsyncEnumerable<Listed> ReadAsync(ListingOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var input = File is null ? Console.OpenStandardInput() : Open(File);
        await foreach (var item in ToolOutput.ReadAsync(Tool, input, options, cancellationToken))
            yield return item;
    }

    static FileStream Open(string file)
    {
        try
        {
            return System.IO.File.OpenRead(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ListingException("", $"{file} cannot be read: {e.Message}");
        }
    }
}
