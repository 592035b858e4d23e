namespace Serverless.Components.Bindings;

/// <summary>An input binding whose events a schedule makes.</summary>
public interface IScheduledBinding : ITriggeredBinding
{
    /// <summary>
    /// The six-field expression by which a timer of the Functions host fires this schedule; null when the host's grammar can't say it, so
    /// that the timer shared by such schedules asks each minute.
    /// </summary>
    string? TimerSchedule { get; }

    /// <summary>True when ticks can be less than a minute apart, which a timer that asks each minute can't fire.</summary>
    bool IsFinerThanMinute { get; }

    /// <summary>Fires once if a tick is due that no instance has fired; then returns. For the shared timer.</summary>
    /// <param name="handler">Delivers the event; never throws but for the cancellation it was given.</param>
    /// <param name="lastAsked">When the timer fired before, if its payload tells; used where no store remembers the last tick.</param>
    /// <param name="cancellationToken">Ends the delivery; the tick stays due.</param>
    /// <returns>How the delivery ended; null when nothing was due or another instance is firing it.</returns>
    /// <exception cref="BindingException">The store that remembers the last tick failed.</exception>
    ValueTask<DeliveryResult?> FireDueAsync(BindingHandler handler, DateTimeOffset? lastAsked, CancellationToken cancellationToken);
}
