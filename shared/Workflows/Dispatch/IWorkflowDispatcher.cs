using Serverless.Components.Registry;

namespace Serverless.Components.Workflows.Dispatch;

/// <summary>Tells the instances of an app behind the Functions host that work waits in the store, through queues that trigger functions.</summary>
/// <remarks>A message is a doorbell: the work itself is in the store. One that comes twice does no harm; one that is lost is sent again by the sweep.</remarks>
public interface IWorkflowDispatcher : IComponent
{
    /// <summary>The queue of doorbells of turns, timers and messages.</summary>
    string TurnsQueue { get; }

    /// <summary>The queue of doorbells of activities.</summary>
    string ActivitiesQueue { get; }

    /// <summary>How often a process that works shows that it lives; after three times as long its work is somebody else's.</summary>
    TimeSpan Heartbeat { get; }

    /// <summary>For how long work may be due and untouched before the sweep tells of it again.</summary>
    TimeSpan ResendAfter { get; }

    /// <summary>The longest delay of a message. Work that is due later is told of again when the message comes.</summary>
    TimeSpan LongestDelay { get; }

    /// <summary>Sends doorbells, to the queue of turns or to that of activities; each is durable when the call returns.</summary>
    /// <exception cref="WorkflowDispatchException">One was not sent, or nobody knows.</exception>
    ValueTask SendAsync(IReadOnlyList<WorkflowDoorbell> doorbells, CancellationToken cancellationToken);

    /// <summary>Takes doorbells that the host gave up on from the poison queues, hands each over, and removes it once that has succeeded.</summary>
    /// <exception cref="WorkflowDispatchException">The queues can't be read.</exception>
    ValueTask DrainPoisonAsync(Func<WorkflowDoorbell, CancellationToken, ValueTask> take, CancellationToken cancellationToken);
}
