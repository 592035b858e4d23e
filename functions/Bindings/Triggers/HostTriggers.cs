using Serverless.Components.Registry;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Hosting;
using Serverless.Functions.Http;

namespace Serverless.Functions.Bindings.Triggers;

/// <summary>Everything about triggers of a process behind the Functions host.</summary>
/// <param name="Endpoints">Where the host delivers.</param>
/// <param name="Status">What keeps events from the app.</param>
internal sealed record HostTriggers(HostEndpoints Endpoints, Func<IEnumerable<KeyValuePair<string, string>>> Status)
{
    /// <summary>Reads the package and begins to watch the components.</summary>
    public static HostTriggers Create(RuntimeOptions options, ComponentRegistry registry, Lazy<BindingDelivery> delivery, Lazy<TimeSpan> limit, Func<string, string?> environment, ILoggerFactory loggers, CancellationToken stopping)
    {
        var logger = loggers.CreateLogger("dapr.runtime.triggers");
        var functions = TriggerFunctions.Read(options.AppRoot, environment);
        var status = new TriggerStatus(registry, functions, logger);
        _ = status.WatchAsync(stopping);
        if (functions.Count == 0)
        {
            return new HostTriggers(new HostEndpoints(new Dictionary<string, Func<HttpContext, Task>>()), status.Items);
        }

        var patience = new TriggerPatience(status, limit.Value, TimeProvider.System);
        var endpoints = new TriggerEndpoints(new TriggerCalls(registry, delivery, patience), new MinuteTimer(registry, functions, delivery, patience, TimeProvider.System), logger);
        return new HostTriggers(endpoints.Create(functions), status.Items);
    }

    /// <summary>The way of events to the app behind the host, where a delivery may last as long as its invocation.</summary>
    /// <remarks>It logs nothing: <see cref="TriggerStatus"/> tells each trouble once, however often it is met.</remarks>
    public static BindingDelivery CreateDelivery(RuntimeOptions options, ComponentRegistry registry, TimeSpan limit, ILoggerFactory loggers) =>
        new(AppChannel.Create(options)) { Replies = new AppReplies(registry, loggers), TimeLimit = limit };
}
