namespace Serverless.Components.Bindings.Cron;

/// <summary>What came of looking at a schedule.</summary>
/// <param name="LookAgain">When to look again; null when the schedule has no further tick.</param>
/// <param name="Delivery">How the delivery ended; null when there was none.</param>
internal readonly record struct CronTurn(DateTimeOffset? LookAgain, DeliveryResult? Delivery = null);
