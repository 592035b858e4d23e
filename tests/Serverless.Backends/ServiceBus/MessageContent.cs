using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Backends.ServiceBus;

/// <summary>What a sender gave: body, type, properties for the broker, and its own.</summary>
internal sealed class MessageContent
{
    private const int LongestId = 128;
    private static readonly TimeSpan Endless = TimeSpan.FromDays(100 * 365);
    private static readonly string[] Texts = ["CorrelationId", "Label", "MessageId", "PartitionKey", "ReplyTo", "ReplyToSessionId", "SessionId", "To"];
    private static readonly string[] Ids = ["MessageId", "PartitionKey", "ReplyToSessionId", "SessionId"];

    /// <summary>Takes the broker's properties apart; those with unknown names are left out without a word.</summary>
    public MessageContent(byte[] body, string contentType, JsonObject broker, IReadOnlyDictionary<string, string> properties)
    {
        Body = body;
        ContentType = contentType;
        Properties = properties;
        foreach (var name in Texts)
        {
            if (broker[name] is { } value)
            {
                Broker[name] = value.GetValueKind() == JsonValueKind.String ? value.DeepClone() : throw BusRefusalException.BadRequest($"BrokerProperties.{name} must be a string.");
            }
        }

        Broker[nameof(MessageId)] ??= Guid.NewGuid().ToString("N");
        if (broker["ForcePersistence"] is { } persistence)
        {
            Broker["ForcePersistence"] = persistence.DeepClone();
        }

        if (Array.Find(Ids, name => Broker[name]?.GetValue<string>().Length > LongestId) is { } tooLong)
        {
            throw BusRefusalException.BadRequest($"BrokerProperties.{tooLong} has more than {LongestId} characters.");
        }

        if (Broker["SessionId"] is { } session && Broker["PartitionKey"] is { } partition && session.GetValue<string>() != partition.GetValue<string>())
        {
            throw BusRefusalException.BadRequest("PartitionKey must be the same as SessionId.");
        }

        TimeToLive = ReadTimeToLive(broker);
        ScheduledAt = ReadSchedule(broker);
    }

    public byte[] Body { get; }

    public string ContentType { get; }

    /// <summary>The sender's part of the properties for the broker.</summary>
    public JsonObject Broker { get; } = [];

    /// <summary>The sender's own properties, each as it stands in a header: strings in quotes.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; }

    public string MessageId => Broker[nameof(MessageId)]!.GetValue<string>();

    public TimeSpan? TimeToLive { get; }

    public DateTimeOffset? ScheduledAt { get; }

    public int Size => Body.Length + Properties.Sum(property => property.Key.Length + property.Value.Length);

    private static TimeSpan? ReadTimeToLive(JsonObject broker)
    {
        if (broker["TimeToLiveTimeSpan"] is { } text)
        {
            return TimeSpan.TryParse(text.ToString(), CultureInfo.InvariantCulture, out var span) && span > TimeSpan.Zero
                ? (span < Endless ? span : null)
                : throw BusRefusalException.BadRequest("BrokerProperties.TimeToLiveTimeSpan must be a time above zero.");
        }

        return broker[nameof(TimeToLive)] is not { } number ? null
            : number.GetValueKind() == JsonValueKind.Number && number.GetValue<double>() is > 0 and var seconds
            ? (seconds < Endless.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null)
            : throw BusRefusalException.BadRequest("BrokerProperties.TimeToLive must be a number of seconds above zero.");
    }

    private static DateTimeOffset? ReadSchedule(JsonObject broker) => broker["ScheduledEnqueueTimeUtc"] is not { } text ? null
        : DateTimeOffset.TryParse(text.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw BusRefusalException.BadRequest("BrokerProperties.ScheduledEnqueueTimeUtc must be a time as of RFC 1123.");
}
