using Serverless.Components.Registry;

namespace Serverless.Components.Bindings;

/// <summary>A binding whose events are delivered to the app.</summary>
/// <remarks>
/// Dapr docs: concepts/building-blocks/bindings. At least once: what is read counts as taken only after
/// <see cref="DeliveryResult.IsDelivered"/>; anything else leaves it where it was, to come again.
/// </remarks>
public interface IInputBinding : IComponent
{
    /// <summary>
    /// Reads events and hands each one over, until told to stop. Then it takes nothing new, waits for the deliveries under way, settles
    /// them, and returns; a reading can begin anew afterwards. While its source is down it tries again at growing distances.
    /// </summary>
    /// <param name="handler">Delivers one event; may be called in parallel; never throws but for the cancellation it was given.</param>
    /// <param name="stopping">Tells to stop taking events.</param>
    /// <exception cref="ComponentException">The reading can't begin: the settings don't fit what the service has.</exception>
    Task ReadAsync(BindingHandler handler, CancellationToken stopping);
}
