using Serverless.Components.Workflows.Instances;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Running a workflow again from one of its actions.</summary>
internal sealed partial class StoreWorkflowEngine
{
    /// <inheritdoc/>
    public ValueTask<WorkflowOutcome> RerunAsync(WorkflowRerun rerun, CancellationToken cancellationToken) => throw new WorkflowEngineException("rerunning is not possible yet");
}
