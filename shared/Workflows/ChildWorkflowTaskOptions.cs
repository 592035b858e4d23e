namespace Serverless.Components.Workflows;

/// <summary>How a child workflow is started.</summary>
/// <param name="InstanceId">The id of the child instance; null for one made of the parent's id and the number of the call.</param>
/// <param name="RetryPolicy">When a failed child is started again; null for never.</param>
public record ChildWorkflowTaskOptions(string? InstanceId = null, WorkflowRetryPolicy? RetryPolicy = null) : WorkflowTaskOptions(RetryPolicy);
