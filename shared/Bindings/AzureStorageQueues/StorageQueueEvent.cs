using System.Globalization;
using System.Text;
using Serverless.Components.Clients.AzureStorage.Queues;
using Serverless.Components.Registry.Triggers;

namespace Serverless.Components.Bindings.AzureStorageQueues;

/// <summary>A message as an event: the same metadata whether it was received or came by a trigger.</summary>
internal static class StorageQueueEvent
{
    private const string DequeueCount = "dequeueCount";
    private const string ExpirationTime = "expirationTime";
    private const string InsertionTime = "insertionTime";
    private const string MessageId = "messageID";
    private const string NextVisibleTime = "nextVisibleTime";
    private const string PopReceipt = "popReceipt";

    /// <summary>The event of a received message, its text not decoded.</summary>
    public static BindingEvent From(QueueMessage message) => new()
    {
        Data = Encoding.UTF8.GetBytes(message.Text),
        Metadata = new Dictionary<string, string>
        {
            [MessageId] = message.Id,
            [PopReceipt] = message.PopReceipt ?? "",
            [InsertionTime] = Write(message.InsertedOn),
            [ExpirationTime] = Write(message.ExpiresOn),
            [NextVisibleTime] = message.NextVisibleOn is { } visible ? Write(visible) : "",
            [DequeueCount] = message.DequeueCount.ToString(CultureInfo.InvariantCulture),
        },
    };

    /// <summary>The event of a trigger's message, its text not decoded.</summary>
    /// <remarks>Functions docs: functions-bindings-storage-queue-trigger, "Message metadata".</remarks>
    public static BindingEvent From(TriggerPayload payload)
    {
        var metadata = new Dictionary<string, string>();
        Add("Id", MessageId);
        Add(PopReceipt, PopReceipt);
        Add(InsertionTime, InsertionTime);
        Add(ExpirationTime, ExpirationTime);
        Add(NextVisibleTime, NextVisibleTime);
        Add(DequeueCount, DequeueCount);
        return new BindingEvent { Data = payload.Data, Metadata = metadata };

        void Add(string theirs, string ours)
        {
            if (payload.Metadata.TryGetValue(theirs, out var value))
            {
                metadata[ours] = ours.EndsWith("Time", StringComparison.Ordinal) && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? Write(time) : value;
            }
        }
    }

    // RFC 3339, as Go's time.RFC3339 writes it.
    private static string Write(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
