namespace BackupMetricsJob.Backups;

/// <summary>The command that removes what no longer exists from the catalogue, ready to paste. In an advice text it comes last.</summary>
internal static class ForgetCommand
{
    /// <param name="server">The server's name in the catalogue.</param>
    /// <param name="tool">Limits the command to one tool; null for all.</param>
    /// <param name="storage">Limits the command to one of the tool's storages; null for all.</param>
    public static string Of(string server, string? tool = null, string? storage = null) =>
        "backup-metrics catalog forget --server "
        + ShellWord.Of(server)
        + (tool is null ? "" : " --tool " + ShellWord.Of(tool))
        + (storage is null ? "" : " --storage " + ShellWord.Of(storage));

    /// <summary>The command that removes a tool's refused imports.</summary>
    public static string OfRefused(string tool) => "backup-metrics catalog forget --refused " + ShellWord.Of(tool);
}
