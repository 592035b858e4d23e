using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Serverless.Components.Workflows;

/// <summary>What a workflow sees of the world, and how it acts on it.</summary>
/// <remarks>Dapr docs: developing-applications/building-blocks/workflow/workflow-features-concepts.</remarks>
[SuppressMessage("Usage", "VSTHRD200:Use \"Async\" suffix for async methods", Justification = "The names are those that Dapr's workflow authors know.")]
public abstract class WorkflowContext
{
    /// <summary>The workflow.</summary>
    public abstract string Name { get; }

    /// <summary>The instance.</summary>
    public abstract string InstanceId { get; }

    /// <summary>The time, UTC, as the workflow saw it first; it stands still between two awaits.</summary>
    public abstract DateTime CurrentUtcDateTime { get; }

    /// <summary>True while the code runs through what has happened already.</summary>
    public abstract bool IsReplaying { get; }

    /// <summary>Calls an activity and drops its result.</summary>
    /// <exception cref="WorkflowTaskFailedException">It failed, and the policy allows no more attempts.</exception>
    public abstract Task CallActivityAsync(string name, object? input = null, WorkflowTaskOptions? options = null);

    /// <summary>Calls an activity.</summary>
    /// <exception cref="WorkflowTaskFailedException">It failed, and the policy allows no more attempts.</exception>
    public abstract Task<T> CallActivityAsync<T>(string name, object? input = null, WorkflowTaskOptions? options = null);

    /// <summary>Waits for some time, durably.</summary>
    public Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken = default) => CreateTimer(After(delay), cancellationToken);

    /// <summary>Waits until a time, durably. A time that has passed is due at once.</summary>
    /// <param name="fireAt">The time; UTC unless it says that it is local.</param>
    /// <param name="cancellationToken">Gives up the timer; its source must be one that the workflow itself cancels.</param>
    public abstract Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken = default);

    /// <summary>Waits for an external event. Events of one name, in any case, are taken in the order of their arrival, each by one waiter.</summary>
    public abstract Task<T> WaitForExternalEventAsync<T>(string eventName, CancellationToken cancellationToken = default);

    /// <summary>Waits for an external event, but not longer than some time.</summary>
    /// <exception cref="TaskCanceledException">It did not come in time.</exception>
    public abstract Task<T> WaitForExternalEventAsync<T>(string eventName, TimeSpan timeout);

    /// <summary>Sends an event to another instance. One that is not there, or has ended, takes none.</summary>
    public abstract void SendEvent(string instanceId, string eventName, object? payload);

    /// <summary>Sets what a query shows as the custom status.</summary>
    public abstract void SetCustomStatus(object? customStatus);

    /// <summary>Starts a child workflow, waits for it, and drops its result.</summary>
    /// <exception cref="WorkflowTaskFailedException">It failed or was terminated, and the policy allows no more attempts.</exception>
    public abstract Task CallChildWorkflowAsync(string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null);

    /// <summary>Starts a child workflow and waits for it.</summary>
    /// <exception cref="WorkflowTaskFailedException">It failed or was terminated, and the policy allows no more attempts.</exception>
    public abstract Task<TResult> CallChildWorkflowAsync<TResult>(string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null);

    /// <summary>Lets the instance begin anew, with an empty history, as soon as the workflow returns; what it returns is dropped.</summary>
    /// <param name="newInput">The next input.</param>
    /// <param name="preserveUnprocessedEvents">True to hand external events that nobody took over to the next execution.</param>
    public abstract void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true);

    /// <summary>A GUID that is new, and the same each time the code runs through here.</summary>
    public abstract Guid NewGuid();

    /// <summary>A logger that is silent while the code runs through what has happened already.</summary>
    public abstract ILogger CreateReplaySafeLogger(string categoryName);

    /// <summary>A logger that is silent while the code runs through what has happened already.</summary>
    public ILogger CreateReplaySafeLogger(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return CreateReplaySafeLogger(type.FullName ?? type.Name);
    }

    /// <summary>A logger that is silent while the code runs through what has happened already.</summary>
    public ILogger CreateReplaySafeLogger<T>() => CreateReplaySafeLogger(typeof(T));

    private DateTime After(TimeSpan delay)
    {
        var now = CurrentUtcDateTime;
        return delay > DateTime.MaxValue - now ? DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc) : delay < TimeSpan.Zero ? now : now + delay;
    }
}
