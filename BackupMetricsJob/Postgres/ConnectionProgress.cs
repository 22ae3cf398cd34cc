namespace BackupMetricsJob.Postgres;

/// <summary>How far a connection has come: whoever gives it up says so in its message.</summary>
/// <param name="onAnswer">Called once, when a server has said its first word.</param>
internal class ConnectionProgress(Action? onAnswer)
{
    volatile string _step = "connecting";
    volatile string _host = "";
    volatile bool _hasAnswered;

    /// <summary>What is being done, for the message that it took too long.</summary>
    public string Step
    {
        get => _step;
        set => _step = value;
    }

    /// <summary>The host that is being connected to, or the one that it came to.</summary>
    public string Host
    {
        get => _host;
        set => _host = value;
    }

    /// <summary>A server has said something; every call but the first does nothing.</summary>
    public void Answer()
    {
        if (_hasAnswered)
            return;
        _hasAnswered = true;
        onAnswer?.Invoke();
    }
}
