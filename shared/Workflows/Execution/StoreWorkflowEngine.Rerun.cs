using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Instances;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Running a workflow again from one of its actions.</summary>
internal sealed partial class StoreWorkflowEngine
{
    /// <inheritdoc/>
    public ValueTask<WorkflowOutcome> RerunAsync(WorkflowRerun rerun, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        if (await scope.Store.LoadAsync(rerun.SourceId, KnownVersion.None, cancellationToken) is not { } source)
        {
            return WorkflowOutcome.NotFound;
        }

        if (!source.History.SelectMany(EventChunk.PeekAll).Any(past => HistoryRerun.IsRepeated(past, rerun)))
        {
            return WorkflowOutcome.NoSuchEvent;
        }

        if (await RefusalAsync(rerun.NewId, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        // What is asked for is the new instance's first message, so that whoever runs its first turn can make it again from the source.
        var began = (ExecutionStarted)(await EventChunk.ReadAsync(scope.Store, rerun.SourceId, source.Record.Start, cancellationToken))[0];
        var start = began with { ExecutionId = Guid.NewGuid().ToString("N"), Parent = null, ScheduledStart = null, Timestamp = scope.Now };
        var request = RerunRequest.Of(rerun, scope.Now);
        return await InstanceCreation.CreateAsync(scope, worker(), rerun.NewId, start, $"s.{start.ExecutionId}", cancellationToken, request) == CreateOutcome.Created
            ? WorkflowOutcome.Done
            : WorkflowOutcome.IsActive;
    });
}
