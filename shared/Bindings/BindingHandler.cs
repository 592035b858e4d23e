namespace Serverless.Components.Bindings;

/// <summary>Delivers one event to the app.</summary>
/// <param name="read">The event.</param>
/// <param name="cancellationToken">Ends the delivery, for instance because a lock on the message is lost.</param>
public delegate ValueTask<DeliveryResult> BindingHandler(BindingEvent read, CancellationToken cancellationToken);
