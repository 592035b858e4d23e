using System.Text.Json.Nodes;

namespace Serverless.Backends.ServiceBus;

/// <summary>A message as one receiver gets it; the token is null when it was deleted at once.</summary>
internal sealed record Delivery(MessageContent Content, long SequenceNumber, string? LockToken, JsonObject Broker, IReadOnlyDictionary<string, string> DeathProperties)
{
    /// <inheritdoc/>
    public override string ToString() => $"message {SequenceNumber}";
}
