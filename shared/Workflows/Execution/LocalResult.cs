using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>A result that this process has, for the next turn of the instance.</summary>
/// <param name="Item">The work that gave it, still owned.</param>
/// <param name="ExecutionId">The execution that asked for it.</param>
/// <param name="Event">The result.</param>
internal sealed record LocalResult(WorkItem Item, string ExecutionId, HistoryEvent Event);
