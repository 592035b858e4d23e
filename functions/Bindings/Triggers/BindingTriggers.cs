using Serverless.Components.Registry;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Hosting;
using Serverless.Functions.Triggers;

namespace Serverless.Functions.Bindings.Triggers;

/// <summary>The input bindings of a process behind the Functions host.</summary>
/// <param name="Handlers">What works on the invocations of their functions.</param>
/// <param name="Status">What keeps events from the app.</param>
internal sealed record BindingTriggers(IEnumerable<KeyValuePair<TriggerFunction, TriggerHandler>> Handlers, Func<IEnumerable<KeyValuePair<string, string>>> Status)
{
    /// <summary>Takes its functions of the package and begins to watch the components.</summary>
    public static BindingTriggers Create(IEnumerable<TriggerFunction> package, ComponentRegistry registry, Lazy<BindingDelivery> delivery, Lazy<TimeSpan> limit, ILogger logger, CancellationToken stopping)
    {
        TriggerFunction[] functions = [.. package.Where(static function => function.Component is null || function.Name.StartsWith(TriggerNames.Prefix, StringComparison.Ordinal))];
        var status = new TriggerStatus(registry, functions, logger);
        _ = status.WatchAsync(stopping);
        if (functions.Length == 0)
        {
            return new BindingTriggers([], status.Items);
        }

        var patience = new TriggerPatience(status, limit.Value, TimeProvider.System);
        var calls = new TriggerCalls(registry, delivery, patience);
        var timer = new MinuteTimer(registry, functions, delivery, patience, TimeProvider.System);
        return new BindingTriggers(functions.ToDictionary(static function => function, HandlerOf), status.Items);

        TriggerHandler HandlerOf(TriggerFunction function) => function.Component is null
            ? timer.RunAsync
            : (payload, aborted) => calls.RunAsync(function, payload, aborted);
    }

    /// <summary>The way of events to the app behind the host, where a delivery may last as long as its invocation.</summary>
    /// <remarks>It logs nothing: <see cref="TriggerStatus"/> tells each trouble once, however often it is met.</remarks>
    public static BindingDelivery CreateDelivery(RuntimeOptions options, ComponentRegistry registry, TimeSpan limit, ILoggerFactory loggers) =>
        new(AppChannel.Create(options)) { Replies = new AppReplies(registry, loggers), TimeLimit = limit };
}
