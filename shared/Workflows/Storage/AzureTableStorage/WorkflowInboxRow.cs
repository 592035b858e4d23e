using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>A message in an inbox. Its id is its key, so that a repetition is seen; its place is the service's time, then the sender's.</summary>
/// <param name="Message">The message.</param>
/// <param name="ArrivedAt">When the service wrote it.</param>
/// <param name="Order">When it was sent, in the sender's ticks, each of a process once.</param>
internal sealed record WorkflowInboxRow(InboxMessage Message, DateTimeOffset ArrivedAt, long Order)
{
    /// <summary>The row of a message.</summary>
    public static TableEntity Create(string partition, InboxMessage message, long order)
    {
        List<TableProperty> properties = [new("Order", order)];
        if (message.ExecutionId is { } execution)
        {
            properties.Add("Execution", execution);
        }

        properties.Add("Event", message.Event);
        return new TableEntity(new TableKey(partition, WorkflowTableKeys.Inbox + message.Id), properties);
    }

    /// <summary>Reads a row.</summary>
    public static WorkflowInboxRow Read(TableEntity row) => new(
        new InboxMessage(row.Key.RowKey[WorkflowTableKeys.Inbox.Length..], row.TryGet("Execution", out var execution) ? execution.Text : null, row.Bytes("Event")),
        row.Timestamp ?? DateTimeOffset.MinValue,
        row.Int64("Order"));
}
