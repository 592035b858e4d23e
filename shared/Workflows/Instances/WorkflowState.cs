namespace Serverless.Components.Workflows.Instances;

/// <summary>An instance as the API shows it. Texts are as the workflow or the caller gave them.</summary>
public sealed record WorkflowState
{
    /// <summary>The instance id.</summary>
    public required string InstanceId { get; init; }

    /// <summary>The workflow; empty when it is not known yet.</summary>
    public required string Name { get; init; }

    /// <summary>When it was created, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed, UTC.</summary>
    public required DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>The status.</summary>
    public required WorkflowRuntimeStatus Status { get; init; }

    /// <summary>The input, or null.</summary>
    public string? Input { get; init; }

    /// <summary>The output, or null.</summary>
    public string? Output { get; init; }

    /// <summary>The custom status, or null.</summary>
    public string? CustomStatus { get; init; }

    /// <summary>Why it failed, or null.</summary>
    public WorkflowFailure? Failure { get; init; }
}
