using Serverless.Components.Registry;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Triggers;

namespace Serverless.Functions.Bindings.Triggers;

/// <summary>The input bindings of a process behind the Functions host.</summary>
internal static class BindingTriggers
{
    /// <summary>Takes their functions of the package.</summary>
    public static TriggerSet Create(IEnumerable<TriggerFunction> package, ComponentRegistry registry, Lazy<BindingDelivery> delivery, Lazy<TimeSpan> limit, ILogger logger)
    {
        TriggerFunction[] functions = [.. package.Where(static function => function.Component is null || function.Name.StartsWith(TriggerNames.Prefix, StringComparison.Ordinal))];
        var status = new TriggerStatus(registry, "input binding", live => BindingGaps.Find(live, functions), logger);
        if (functions.Length == 0)
        {
            return new TriggerSet(new Dictionary<TriggerFunction, TriggerHandler>(), status);
        }

        var patience = new TriggerPatience(status.Waits, limit.Value, TimeProvider.System);
        var calls = new TriggerCalls(registry, delivery, patience);
        var timer = new MinuteTimer(registry, functions, delivery, patience, TimeProvider.System);
        return new TriggerSet(functions.ToDictionary(static function => function, HandlerOf), status);

        TriggerHandler HandlerOf(TriggerFunction function) => function.Component is null
            ? timer.RunAsync
            : (payload, aborted) => calls.RunAsync(function, payload, aborted);
    }

    /// <summary>The way of events to the app behind the host, where a delivery may last as long as its invocation.</summary>
    /// <remarks>It logs nothing: <see cref="TriggerStatus"/> tells each trouble once, however often it is met.</remarks>
    public static BindingDelivery CreateDelivery(AppChannel? app, ComponentRegistry registry, TimeSpan limit, ILoggerFactory loggers) =>
        new(app) { Replies = new AppReplies(registry, loggers), TimeLimit = limit };
}
