namespace Prometheus;

/// <summary>Thrown by a before-collect callback: nothing is exported then, and a pusher skips that push.</summary>
public class ScrapeFailedException : Exception
{
    public ScrapeFailedException()
    {
    }

    public ScrapeFailedException(string message)
        : base(message)
    {
    }

    public ScrapeFailedException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
