using Serverless.Components.Workflows.Dispatch;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Tells whoever has room of free work.</summary>
internal static class FreeWork
{
    /// <summary>Sends doorbells where there is a dispatcher, else wakes this process's own search.</summary>
    public static async ValueTask AnnounceAsync(ExecutionScope scope, Worker? worker, IReadOnlyList<WorkItem> items, CancellationToken cancellationToken)
    {
        if (items.Count == 0)
        {
            return;
        }

        if (scope.Dispatcher is { } dispatcher)
        {
            await dispatcher.SendAsync([.. items.Select(item => Doorbell(scope, item))], cancellationToken);
        }
        else
        {
            worker?.NoteFreeWork(items.Min(item => item.Due));
        }
    }

    public static WorkflowDoorbell Doorbell(ExecutionScope scope, WorkItem item) =>
        new(scope.Options.AppId, item.InstanceId, item.WorkId, item.Kind == WorkKind.Activity, item.Due);
}
