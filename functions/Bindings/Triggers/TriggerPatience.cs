using Serverless.Components.Bindings;

namespace Serverless.Functions.Bindings.Triggers;

/// <summary>Repeats what can't be delivered yet, at growing distances, up to the limit of an invocation.</summary>
/// <remarks>
/// The host counts every failed invocation and gives a message up after a few. So only the app's refusal ends at once; an app that
/// is down, or a component that is not the package's, is waited for.
/// </remarks>
internal sealed class TriggerPatience(TriggerStatus status, TimeSpan deadline, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestGrace = TimeSpan.FromSeconds(15);

    /// <summary>How long one delivery is tried.</summary>
    public TimeSpan Deadline { get; } = deadline;

    /// <summary>What else an invocation may take before and after; with the deadline less than the host allows.</summary>
    public TimeSpan Grace => Deadline / 2 < LongestGrace ? Deadline / 2 : LongestGrace;

    /// <summary>Delivers; what does not get through in time ends as unreachable.</summary>
    /// <param name="component">Whose event it is.</param>
    /// <param name="attempt">Tries once.</param>
    /// <param name="aborted">The host has gone away.</param>
    public async ValueTask<DeliveryResult> DeliverAsync(string component, Func<CancellationToken, ValueTask<DeliveryResult>> attempt, CancellationToken aborted)
    {
        using var limit = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, aborted);
        var reason = "the app did not answer";
        try
        {
            for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                var result = await attempt(either.Token);
                if (result.Outcome != DeliveryOutcome.Unreachable)
                {
                    // Refused or not: the app is there.
                    status.Clear(component);
                    return result;
                }

                reason = result.Fault!;
                status.Wait(component, reason);
                await Task.Delay(pause, time, either.Token);
            }
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            status.Wait(component, reason);
            return DeliveryResult.Unreachable($"not delivered within {Deadline.TotalSeconds:0.#} s: {reason}");
        }
    }
}
