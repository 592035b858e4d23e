namespace Serverless.Components.Workflows;

/// <summary>How an activity is called.</summary>
/// <param name="RetryPolicy">When a failed call is repeated; null for never.</param>
public record WorkflowTaskOptions(WorkflowRetryPolicy? RetryPolicy = null);
