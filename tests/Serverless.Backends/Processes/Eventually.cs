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

    public static Task<bool> TrueAsync(Func<bool> condition, TimeSpan limit, CancellationToken cancellationToken) =>
        TrueAsync(() => Task.FromResult(condition()), limit, cancellationToken);
}
