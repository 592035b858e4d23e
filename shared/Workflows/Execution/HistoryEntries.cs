using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Instances;

namespace Serverless.Components.Workflows.Execution;

internal static class HistoryEntries
{
    public static IReadOnlyList<WorkflowHistoryEntry> From(IReadOnlyList<HistoryEvent> events) => [.. events.Select(e => new WorkflowHistoryEntry(e.GetType().Name, e.Timestamp))];
}
