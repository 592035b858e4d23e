namespace Serverless.Components.Workflows.Execution;

/// <summary>A call of an activity that the app offers over HTTP.</summary>
/// <param name="Name">The activity.</param>
/// <param name="Path">Its path at the app, or null for the one that its name gives.</param>
/// <param name="Input">Its input as JSON, or null.</param>
public sealed record RemoteActivityCall(string Name, string? Path, string? Input)
{
    /// <summary>The workflow instance.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Its execution.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>The number of the action within the execution.</summary>
    public required int TaskId { get; init; }

    /// <summary>The same for each repetition of this call, and for no other call.</summary>
    public required string IdempotencyKey { get; init; }
}
