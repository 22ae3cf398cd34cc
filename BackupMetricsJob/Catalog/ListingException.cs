namespace BackupMetricsJob.Catalog;

/// <summary>The input is not the tool's output: exit code 65. The message says what was found and what was expected.</summary>
/// <param name="path">The position as a JSON path ($[3].backup[0].label), or "" for the whole input.</param>
internal sealed class ListingException(string path, string message) : Exception(path.Length == 0 ? message : $"{path}: {message}")
{
    /// <summary>The servers that the input may be about.</summary>
    public IReadOnlyCollection<string> Servers { get; set; } = [];

    /// <summary>The tool that prints such an input, if it is not the requested one.</summary>
    public string? OtherTool { get; set; }

    /// <summary>Whether it is a document of another kind, from which nothing has been read.</summary>
    public bool IsOtherDocument { get; init; }
}
