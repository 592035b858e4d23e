namespace Serverless.Components.Workflows.History;

/// <summary>The workflow that waits for a child.</summary>
/// <param name="InstanceId">The parent instance.</param>
/// <param name="ExecutionId">Its execution; a result for an earlier one is dropped.</param>
/// <param name="TaskId">The action that started the child.</param>
internal sealed record ParentLink(string InstanceId, string ExecutionId, int TaskId);
