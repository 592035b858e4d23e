namespace Serverless.Components.Bindings;

/// <summary>What a service brought by HTTP.</summary>
public sealed record WebhookContent
{
    /// <summary>Why it can't be read, for an answer 400; null when it could.</summary>
    public string? Fault { get; init; }

    /// <summary>The JSON that answers a handshake, with 200; null when it was none. There are no events then.</summary>
    public ReadOnlyMemory<byte>? Reply { get; init; }

    /// <summary>The events in their order; may be empty.</summary>
    public IReadOnlyList<BindingEvent> Events { get; init; } = [];
}
