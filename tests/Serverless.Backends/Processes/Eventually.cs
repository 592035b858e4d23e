namespace Serverless.Backends.Processes;

/// <summary>Waits for something to come true by asking again and again, never by sleeping a guessed time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>True as soon as <paramref name="condition"/> holds, false when it never did within <paramref name="limit"/>.</summary>
    public static async Task<bool> TrueAsync(Func<Task<bool>> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Interval);
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > limit)
            {
                return false;
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }

        return true;
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, TimeSpan, CancellationToken)"/>
    public static Task<bool> TrueAsync(Func<bool> condition, TimeSpan limit, CancellationToken cancellationToken) =>
        TrueAsync(() => Task.FromResult(condition()), limit, cancellationToken);

    /// <summary>Returns as soon as <paramref name="condition"/> holds.</summary>
    /// <exception cref="TimeoutException">It never did within <paramref name="limit"/>; the message names <paramref name="what"/>.</exception>
    public static async Task MustAsync(string what, Func<Task<bool>> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!await TrueAsync(condition, limit, cancellationToken))
        {
            throw new TimeoutException($"after {limit.TotalSeconds:0} s still not so: {what}");
        }
    }
}
