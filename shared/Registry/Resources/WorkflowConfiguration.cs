namespace Serverless.Components.Registry.Resources;

/// <summary><c>spec.workflow</c> of a Configuration: how much workflow work runs at a time, and how long ended workflows are kept.</summary>
/// <remarks>Dapr docs: reference/resource-specs/configuration-schema. Limits that are zero or less are none, as when they are absent.</remarks>
public sealed record WorkflowConfiguration
{
    /// <summary>Nothing is limited, and everything is kept.</summary>
    public static WorkflowConfiguration Empty { get; } = new();

    /// <summary><c>maxConcurrentWorkflowInvocations</c>: workflows that advance at a time in this process; null for no limit.</summary>
    public int? MaxWorkflows { get; init; }

    /// <summary><c>maxConcurrentActivityInvocations</c>: activities that run at a time in this process; null for no limit.</summary>
    public int? MaxActivities { get; init; }

    /// <summary><c>globalMaxConcurrentWorkflowInvocations</c>: the same over all processes of the app; null for no limit.</summary>
    public int? GlobalMaxWorkflows { get; init; }

    /// <summary><c>globalMaxConcurrentActivityInvocations</c>: the same over all processes of the app; null for no limit.</summary>
    public int? GlobalMaxActivities { get; init; }

    /// <summary><c>workflowConcurrencyLimits</c>: most of a workflow at a time, by its name.</summary>
    public IReadOnlyDictionary<string, int> WorkflowLimits { get; init; } = new Dictionary<string, int>();

    /// <summary><c>activityConcurrencyLimits</c>: most of an activity at a time, by its name.</summary>
    public IReadOnlyDictionary<string, int> ActivityLimits { get; init; } = new Dictionary<string, int>();

    /// <summary><c>stateRetentionPolicy.anyTerminal</c>: how long an ended workflow is kept that no other member is for; null for ever.</summary>
    public TimeSpan? KeepEnded { get; init; }

    /// <summary><c>stateRetentionPolicy.completed</c>; null leaves it to <see cref="KeepEnded"/>.</summary>
    public TimeSpan? KeepCompleted { get; init; }

    /// <summary><c>stateRetentionPolicy.failed</c>; null leaves it to <see cref="KeepEnded"/>.</summary>
    public TimeSpan? KeepFailed { get; init; }

    /// <summary><c>stateRetentionPolicy.terminated</c>; null leaves it to <see cref="KeepEnded"/>.</summary>
    public TimeSpan? KeepTerminated { get; init; }
}
