namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// A real Alertmanager of its own on a free port of 127.0.0.1, ready when <see cref="StartAsync"/> returns; gone with its files when
/// disposed.
/// </summary>
internal sealed class AlertmanagerServer : IAsyncDisposable
{
    const string Listening = "msg=\"Listening on\" address=";

    readonly TempFolder _folder;
    readonly ChildProcess _process;

    AlertmanagerServer(TempFolder folder, ChildProcess process, string address)
    {
        _folder = folder;
        _process = process;
        Address = address;
    }

    /// <summary>Host and port.</summary>
    public string Address { get; }

    public string Log => _process.Error;

    public static async Task<AlertmanagerServer> StartAsync(string configuration)
    {
        var program = Tool.Find("prometheus-alertmanager", "apt-get install prometheus-alertmanager");
        var _folder = new TempFolder();
        ChildProcess? _process = null;
        try
        {
            _process = ChildProcess.Start(
                program,
                [
                    "--config.file=" + _folder.Write("alertmanager.yml", configuration),
                    "--storage.path=" + _folder.File("data"),
                    "--web.listen-address=127.0.0.1:0",
                    "--cluster.listen-address=",
                    "--log.level=debug",
                ]
            );
            var line = await _process.WaitForErrorLineAsync(Listening);
            return new(_folder, _process, line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim());
        }
        catch
        {
            if (_process is not null)
                await _process.DisposeAsync();
            _folder.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
