namespace Serverless.Components.Bindings;

/// <summary>What became of an event.</summary>
public enum DeliveryOutcome
{
    /// <summary>The app was not reached, or did not answer.</summary>
    Unreachable,

    /// <summary>The app answered that it did not take the event.</summary>
    Refused,

    /// <summary>The app took it.</summary>
    Delivered,
}
