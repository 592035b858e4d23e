namespace Serverless.Components.Workflows.Execution;

/// <summary>What the Configuration says about workflows.</summary>
/// <remarks>Dapr docs: operations/configuration/configuration-overview, "Workflow": spec.workflow.</remarks>
public sealed record WorkflowSettings
{
    /// <summary>Most turns of workflows at a time in this process; 0 or less for as many as are good for it.</summary>
    public int MaxConcurrentWorkflowInvocations { get; init; }

    /// <summary>Most activities at a time in this process; 0 or less for as many as are good for it.</summary>
    public int MaxConcurrentActivityInvocations { get; init; }

    /// <summary>Most turns at a time in all processes of the app; 0 or less for any number.</summary>
    public int GlobalMaxConcurrentWorkflowInvocations { get; init; }

    /// <summary>Most activities at a time in all processes of the app; 0 or less for any number.</summary>
    public int GlobalMaxConcurrentActivityInvocations { get; init; }

    /// <summary>Most turns at a time in this process by the name of the workflow.</summary>
    public IReadOnlyDictionary<string, int> WorkflowConcurrencyLimits { get; init; } = new Dictionary<string, int>();

    /// <summary>Most runs at a time in this process by the name of the activity.</summary>
    public IReadOnlyDictionary<string, int> ActivityConcurrencyLimits { get; init; } = new Dictionary<string, int>();

    /// <summary>When ended instances are removed.</summary>
    public WorkflowRetention Retention { get; init; } = new();
}
