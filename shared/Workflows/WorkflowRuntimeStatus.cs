namespace Serverless.Components.Workflows;

/// <summary>The state of a workflow instance.</summary>
/// <remarks>Dapr docs: reference/api/workflow_api, "Get workflow", runtimeStatus; the numbers are those of the durable task protocol.</remarks>
public enum WorkflowRuntimeStatus
{
    /// <summary>It runs, or waits for something.</summary>
    Running = 0,

    /// <summary>It ended with an output.</summary>
    Completed = 1,

    /// <summary>It ended and began anew under the same id.</summary>
    ContinuedAsNew = 2,

    /// <summary>It ended with a failure.</summary>
    Failed = 3,

    /// <summary>It was cancelled.</summary>
    Canceled = 4,

    /// <summary>It was ended from outside.</summary>
    Terminated = 5,

    /// <summary>It is stored and has not run yet.</summary>
    Pending = 6,

    /// <summary>It takes no events until it is resumed.</summary>
    Suspended = 7,
}
