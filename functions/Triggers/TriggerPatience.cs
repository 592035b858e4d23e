namespace Serverless.Functions.Triggers;

/// <summary>Repeats what can't be done yet, at growing distances, up to the limit of an invocation.</summary>
/// <remarks>
/// The host counts every failed invocation and gives a message up after a few. So what may pass is waited for: an app that is down, a
/// component that is not there or not the package's, a service that can't be reached.
/// </remarks>
internal sealed class TriggerPatience(TriggerWaits waits, TimeSpan deadline, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestGrace = TimeSpan.FromSeconds(15);

    /// <summary>How long an invocation is tried.</summary>
    public TimeSpan Deadline { get; } = deadline;

    /// <summary>What else an invocation may take before and after; with the deadline less than the host allows.</summary>
    public TimeSpan Grace => Deadline / 2 < LongestGrace ? Deadline / 2 : LongestGrace;

    /// <summary>Tries until there is nothing more to wait for; null then, and else what was waited for last when the time was up.</summary>
    /// <param name="component">What it is for.</param>
    /// <param name="attempt">Tries once: null when that is settled, one way or the other, else what to wait for.</param>
    /// <param name="silence">What is said of an attempt that did not end in time.</param>
    /// <param name="aborted">The host has gone away.</param>
    public async ValueTask<string?> TryAsync(string component, Func<CancellationToken, ValueTask<string?>> attempt, string silence, CancellationToken aborted)
    {
        using var limit = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, aborted);
        var reason = silence;
        try
        {
            for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                if (await attempt(either.Token) is not { } wait)
                {
                    waits.Clear(component);
                    return null;
                }

                reason = wait;
                waits.Wait(component, reason);
                await Task.Delay(pause, time, either.Token);
            }
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            waits.Wait(component, reason);
            return $"not delivered within {Deadline.TotalSeconds:0.#} s: {reason}";
        }
    }
}
