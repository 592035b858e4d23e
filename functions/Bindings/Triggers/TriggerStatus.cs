using System.Collections.Concurrent;
using Serverless.Components.Bindings;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Functions.Triggers;

namespace Serverless.Functions.Bindings.Triggers;

/// <summary>What keeps events from the app, by component: for the log, once, and for metadata, as long as it lasts.</summary>
internal sealed partial class TriggerStatus(ComponentRegistry registry, IReadOnlyList<TriggerFunction> functions, ILogger logger)
{
    private readonly ConcurrentDictionary<string, string> _waiting = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _told = new(StringComparer.Ordinal);

    /// <summary>The troubles as items <c>trigger.&lt;component&gt;</c>.</summary>
    public IEnumerable<KeyValuePair<string, string>> Items() =>
        Gaps(registry.Live.View).Concat(_waiting)
            .GroupBy(static trouble => trouble.Key, StringComparer.Ordinal)
            .Select(static troubles => new KeyValuePair<string, string>($"trigger.{troubles.Key}", string.Join("; ", troubles.Select(static trouble => trouble.Value).Distinct(StringComparer.Ordinal))));

    /// <summary>An invocation waits.</summary>
    public void Wait(string component, string reason)
    {
        if (!_waiting.TryGetValue(component, out var known) || known != reason)
        {
            _waiting[component] = reason;
            LogWaiting(logger, component, reason);
        }
    }

    /// <summary>An event of the component reached the app.</summary>
    public void Clear(string component)
    {
        if (_waiting.TryRemove(component, out _))
        {
            LogWorking(logger, component);
        }
    }

    /// <summary>Logs inputs without a trigger as they come, until cancelled.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var watch = registry.Live.ViewAndWatch();
        Tell(watch.View);
        try
        {
            await foreach (var commit in watch.Commits.ReadAllAsync(cancellationToken))
            {
                Tell(commit.View);
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }

    private void Tell(LiveView view)
    {
        foreach (var (component, gap) in Gaps(view))
        {
            if (!_told.TryGetValue(component, out var told) || told != gap)
            {
                _told[component] = gap;
                LogGap(logger, component, gap);
            }
        }
    }

    private IEnumerable<KeyValuePair<string, string>> Gaps(LiveView view)
    {
        foreach (var live in view.Components)
        {
            if (live.Instance is BindingComponent { Input: { } input } && Gap(live.Definition.Key.Name, input) is { } gap)
            {
                yield return new(live.Definition.Key.Name, gap);
            }
        }
    }

    private string? Gap(string component, IInputBinding input) =>
        input is IWebhookBinding ? null
        : input is IScheduledBinding schedule && MinuteTimer.Serves(component, input, functions) && functions.Any(static function => function.Component is null)
            ? schedule.IsFinerThanMinute ? "the shared timer looks only once a minute: ticks in between are left out" : null
        : input is not ITriggeredBinding triggered ? "the Functions host has no trigger for this type: no event arrives"
        : functions.FirstOrDefault(function => function.Component == component) is not { } function ? "the package has no trigger for it: no event arrives until the app is published with the component"
        : !function.Fits(triggered.TriggerFields) ? function.Mismatch
        : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "input binding {Component}: {Gap}")]
    private static partial void LogGap(ILogger logger, string component, string gap);

    [LoggerMessage(Level = LogLevel.Warning, Message = "input binding {Component}: events wait: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string component, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "input binding {Component}: events reach the app again")]
    private static partial void LogWorking(ILogger logger, string component);
}
