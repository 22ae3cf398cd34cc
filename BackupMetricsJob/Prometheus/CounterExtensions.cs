using Prometheus.Internal;

namespace Prometheus;

/// <summary>Times as counters, in Unix seconds, and the exceptions that leave a piece of work, counted and thrown on.</summary>
public static class CounterExtensions
{
    public static void IncToCurrentTimeUtc(this ICounter counter) => IncToTimeUtc(counter, DateTimeOffset.UtcNow);

    public static void IncToTimeUtc(this ICounter counter, DateTimeOffset timestamp)
    {
        ArgumentNullException.ThrowIfNull(counter);
        counter.IncTo(UnixSeconds.Of(timestamp));
    }

    public static void CountExceptions(this ICounter counter, Action wrapped, Func<Exception, bool>? exceptionFilter = null)
    {
        ArgumentNullException.ThrowIfNull(counter);
        ArgumentNullException.ThrowIfNull(wrapped);
        try
        {
            wrapped();
        }
        catch (Exception problem) when (Counts(exceptionFilter, problem))
        {
            counter.Inc();
            throw;
        }
    }

    public static TResult CountExceptions<TResult>(
        this ICounter counter, Func<TResult> wrapped, Func<Exception, bool>? exceptionFilter = null)
    {
        ArgumentNullException.ThrowIfNull(counter);
        ArgumentNullException.ThrowIfNull(wrapped);
        try
        {
            return wrapped();
        }
        catch (Exception problem) when (Counts(exceptionFilter, problem))
        {
            counter.Inc();
            throw;
        }
    }

    public static async Task CountExceptionsAsync(
        this ICounter counter, Func<Task> wrapped, Func<Exception, bool>? exceptionFilter = null)
    {
        ArgumentNullException.ThrowIfNull(counter);
        ArgumentNullException.ThrowIfNull(wrapped);
        try
        {
            await wrapped();
        }
        catch (Exception problem) when (Counts(exceptionFilter, problem))
        {
            counter.Inc();
            throw;
        }
    }

    public static async Task<TResult> CountExceptionsAsync<TResult>(
        this ICounter counter, Func<Task<TResult>> wrapped, Func<Exception, bool>? exceptionFilter = null)
    {
        ArgumentNullException.ThrowIfNull(counter);
        ArgumentNullException.ThrowIfNull(wrapped);
        try
        {
            return await wrapped();
        }
        catch (Exception problem) when (Counts(exceptionFilter, problem))
        {
            counter.Inc();
            throw;
        }
    }

    static bool Counts(Func<Exception, bool>? filter, Exception problem) => filter is null || filter(problem);
}
