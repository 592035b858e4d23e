namespace Serverless.Components.Bindings;

/// <summary>How the delivery of an event ended.</summary>
public readonly record struct DeliveryResult
{
    private DeliveryResult(DeliveryOutcome outcome, string? fault, ReadOnlyMemory<byte> data)
    {
        Outcome = outcome;
        Fault = fault;
        Data = data;
    }

    /// <summary>What became of the event.</summary>
    public DeliveryOutcome Outcome { get; }

    /// <summary>Whether the app has taken the event.</summary>
    public bool IsDelivered => Outcome == DeliveryOutcome.Delivered;

    /// <summary>Why it was not delivered; null when it was.</summary>
    public string? Fault { get; }

    /// <summary>What the app answered; may be empty.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The app took the event.</summary>
    public static DeliveryResult Delivered(ReadOnlyMemory<byte> data) => new(DeliveryOutcome.Delivered, null, data);

    /// <summary>The app answered that it did not take the event.</summary>
    public static DeliveryResult Refused(string fault) => new(DeliveryOutcome.Refused, fault, default);

    /// <summary>The app was not reached, or did not answer; whether it saw the event may be unknown.</summary>
    public static DeliveryResult Unreachable(string fault) => new(DeliveryOutcome.Unreachable, fault, default);
}
