namespace BackupMetricsJob.Postgres;

/// <summary>The progress of a connection attempt, for the message if it is given up.</summary>
/// <param name="onAnswer">Called once, at the server's first response.</param>
internal class ConnectionProgress(Action? onAnswer)
{
    volatile string _step = "connecting";
    volatile string _host = "";
    volatile bool _hasAnswered;

    /// <summary>The current step, for the timeout's message.</summary>
    public string Step
    {
        get => _step;
        set => _step = value;
    }

    /// <summary>The current host, or the connected one.</summary>
    public string Host
    {
        get => _host;
        set => _host = value;
    }

    /// <summary>Records a response of the server. Only the first call has an effect.</summary>
    public void Answer()
    {
        if (_hasAnswered)
            return;
        _hasAnswered = true;
        onAnswer?.Invoke();
    }
}
