using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>What one turn of an instance begins with.</summary>
internal sealed class TurnBatch
{
    /// <summary>Why there is a turn.</summary>
    public TurnReasons Reasons { get; set; }

    /// <summary>Results that this process has for it.</summary>
    public List<LocalResult> Results { get; } = [];

    /// <summary>The instance as this process has just created it, with its first message, so that nothing needs to be read; null otherwise.</summary>
    public (WorkflowRecord Record, InboxMessage Message, HistoryEvent Event)? First { get; set; }

    /// <summary>True when there is nothing in it.</summary>
    public bool IsEmpty => Reasons == TurnReasons.None && Results.Count == 0 && First is null;
}
