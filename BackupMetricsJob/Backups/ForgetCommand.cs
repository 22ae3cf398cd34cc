namespace BackupMetricsJob.Backups;

/// <summary>The command that takes what is no more out of the catalogue, as it can be pasted: in advice nothing follows it.</summary>
internal static class ForgetCommand
{
    /// <param name="server">As the catalogue knows it.</param>
    /// <param name="tool">What one tool said of it; null: all.</param>
    /// <param name="storage">What that tool has in one storage; null: all.</param>
    public static string Of(string server, string? tool = null, string? storage = null) =>
        "backup-metrics catalog forget --server "
        + ShellWord.Of(server)
        + (tool is null ? "" : " --tool " + ShellWord.Of(tool))
        + (storage is null ? "" : " --storage " + ShellWord.Of(storage));

    /// <summary>The same for imports of a tool that were refused.</summary>
    public static string OfRefused(string tool) => "backup-metrics catalog forget --refused " + ShellWord.Of(tool);
}
