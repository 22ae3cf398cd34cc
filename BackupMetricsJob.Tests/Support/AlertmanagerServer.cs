namespace BackupMetricsJob.Tests.Support;

/// <summary>A real Alertmanager of its own on a free port of 127.0.0.1, ready when <see cref="StartAsync"/> returns; gone with its files when disposed.</summary>
internal sealed class AlertmanagerServer : IAsyncDisposable
{
    const string Listening = "msg=\"Listening on\" address=";

    readonly TempFolder folder;
    readonly ChildProcess process;

    AlertmanagerServer(TempFolder folder, ChildProcess process, string address)
    {
        this.folder = folder;
        this.process = process;
        Address = address;
    }

    /// <summary>Host and port.</summary>
    public string Address { get; }

    public string Log => process.Error;

    public static async Task<AlertmanagerServer> StartAsync(string configuration)
    {
        var program = Tool.Find("prometheus-alertmanager", "apt-get install prometheus-alertmanager");
        var folder = new TempFolder();
        ChildProcess? process = null;
        try
        {
            process = ChildProcess.Start(program,
            [
                "--config.file=" + folder.Write("alertmanager.yml", configuration),
                "--storage.path=" + folder.File("data"),
                "--web.listen-address=127.0.0.1:0",
                "--cluster.listen-address=",
                "--log.level=debug",
            ]);
            var line = await process.WaitForErrorLineAsync(Listening);
            return new(folder, process, line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim());
        }
        catch
        {
            if (process is not null)
                await process.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }
}
