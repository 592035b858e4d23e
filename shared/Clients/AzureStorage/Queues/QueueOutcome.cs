namespace Serverless.Components.Clients.AzureStorage.Queues;

/// <summary>What became of the update or deletion of a message.</summary>
internal enum QueueOutcome
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>There is no such queue.</summary>
    QueueNotFound,

    /// <summary>The message is gone: deleted, or expired.</summary>
    MessageNotFound,

    /// <summary>Somebody received or updated the message since: it is theirs.</summary>
    PopReceiptMismatch,
}
