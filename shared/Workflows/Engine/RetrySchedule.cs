namespace Serverless.Components.Workflows.Engine;

/// <summary>When a failed task is tried again.</summary>
internal static class RetrySchedule
{
    /// <summary>How long to wait before the next attempt; null when there is none.</summary>
    /// <param name="policy">The policy; null for no other attempt.</param>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="elapsed">The time since the first attempt began.</param>
    /// <param name="failure">Why it failed.</param>
    public static TimeSpan? Next(WorkflowRetryPolicy? policy, int attempt, TimeSpan elapsed, WorkflowFailure failure)
    {
        if (policy is null || failure.IsNonRetriable || attempt >= policy.MaxNumberOfAttempts || (policy.RetryTimeout != Timeout.InfiniteTimeSpan && elapsed >= policy.RetryTimeout))
        {
            return null;
        }

        var wait = policy.FirstRetryInterval.Ticks * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        var most = policy.MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : policy.MaxRetryInterval;
        return wait < most.Ticks ? TimeSpan.FromTicks((long)wait) : most;
    }
}
