namespace Serverless.Components.Registry.Triggers;

/// <summary>What the Functions host hands over when a trigger fires.</summary>
public sealed record TriggerPayload
{
    /// <summary>The message's own bytes; for a timer its JSON text.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The trigger's metadata by the host's names (<c>Id</c>, <c>DequeueCount</c>, …), without case; objects and arrays are JSON text.</summary>
    /// <remarks>The host copies members of a JSON message among them, so a message's author may have chosen any name the host does not set.</remarks>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }
}
