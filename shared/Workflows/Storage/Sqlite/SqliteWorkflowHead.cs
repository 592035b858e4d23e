namespace Serverless.Components.Workflows.Storage.Sqlite;

/// <summary>What a change must know of an instance before it begins.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Version">The version that is there.</param>
/// <param name="ExecutionId">The execution that is there.</param>
/// <param name="Status">The status.</param>
/// <param name="Name">The workflow.</param>
/// <param name="CreatedBy">The message that created it.</param>
internal readonly record struct SqliteWorkflowHead(long Number, long Version, string ExecutionId, WorkflowRuntimeStatus Status, string Name, string CreatedBy)
{
    /// <summary>True when the instance takes no more events.</summary>
    public bool HasEnded => WorkflowRecord.IsEnd(Status);

    /// <summary>True when a message for an execution, or for whichever runs, is for this one.</summary>
    public bool Takes(InboxMessage message) => !HasEnded && (message.ExecutionId is null || message.ExecutionId == ExecutionId);
}
