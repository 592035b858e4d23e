namespace Serverless.Components.Workflows;

/// <summary>When a failed activity or child workflow is tried again. The waits are durable timers of the workflow.</summary>
/// <remarks>Dapr docs: developing-applications/building-blocks/workflow/workflow-features-concepts, "Retry policies".</remarks>
public sealed class WorkflowRetryPolicy
{
    /// <summary>Creates a policy.</summary>
    /// <param name="maxNumberOfAttempts">Most attempts, the first included; 1 or more.</param>
    /// <param name="firstRetryInterval">The wait before the second attempt; more than nothing.</param>
    /// <param name="backoffCoefficient">By what each further wait is longer; 1 or more.</param>
    /// <param name="maxRetryInterval">The longest wait; null for an hour, <see cref="Timeout.InfiniteTimeSpan"/> for none.</param>
    /// <param name="retryTimeout">How long after the first attempt there are still others; null or <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range, or one of the last two is less than the first wait.</exception>
    public WorkflowRetryPolicy(
        int maxNumberOfAttempts, TimeSpan firstRetryInterval, double backoffCoefficient = 1.0, TimeSpan? maxRetryInterval = null, TimeSpan? retryTimeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxNumberOfAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstRetryInterval, TimeSpan.Zero);
        if (!(backoffCoefficient >= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(backoffCoefficient), backoffCoefficient, "must be 1 or more");
        }

        MaxNumberOfAttempts = maxNumberOfAttempts;
        FirstRetryInterval = firstRetryInterval;
        BackoffCoefficient = backoffCoefficient;
        MaxRetryInterval = Checked(maxRetryInterval ?? TimeSpan.FromHours(1), maxRetryInterval is null ? TimeSpan.Zero : firstRetryInterval, nameof(maxRetryInterval));
        RetryTimeout = Checked(retryTimeout ?? Timeout.InfiniteTimeSpan, firstRetryInterval, nameof(retryTimeout));
    }

    /// <summary>Most attempts, the first included.</summary>
    public int MaxNumberOfAttempts { get; }

    /// <summary>The wait before the second attempt.</summary>
    public TimeSpan FirstRetryInterval { get; }

    /// <summary>By what each further wait is longer.</summary>
    public double BackoffCoefficient { get; }

    /// <summary>The longest wait; infinite for none.</summary>
    public TimeSpan MaxRetryInterval { get; }

    /// <summary>How long after the first attempt there are still others; infinite for ever.</summary>
    public TimeSpan RetryTimeout { get; }

    private static TimeSpan Checked(TimeSpan value, TimeSpan least, string name) => value == Timeout.InfiniteTimeSpan || value >= least
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "must not be less than the first retry interval");
}
