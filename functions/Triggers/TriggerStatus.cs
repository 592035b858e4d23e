using System.Collections.Concurrent;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;

namespace Serverless.Functions.Triggers;

/// <summary>What keeps events from where they belong, by component: for the log, once, and for metadata, as long as it lasts.</summary>
/// <param name="registry">The components.</param>
/// <param name="kind">What the components are, for people.</param>
/// <param name="gapOf">Why a component gets no events from the package's triggers; null when it does, or wants none.</param>
/// <param name="logger">Where it is told.</param>
internal sealed partial class TriggerStatus(ComponentRegistry registry, string kind, Func<LiveComponent, string?> gapOf, ILogger logger)
{
    private readonly ConcurrentDictionary<string, string> _told = new(StringComparer.Ordinal);

    /// <summary>What invocations wait for.</summary>
    public TriggerWaits Waits { get; } = new(kind, logger);

    /// <summary>The troubles as items <c>trigger.&lt;component&gt;</c>.</summary>
    public IEnumerable<KeyValuePair<string, string>> Items() =>
        Gaps(registry.Live.View).Concat(Waits.Items)
            .GroupBy(static trouble => trouble.Key, StringComparer.Ordinal)
            .Select(static troubles => new KeyValuePair<string, string>($"trigger.{troubles.Key}", string.Join("; ", troubles.Select(static trouble => trouble.Value).Distinct(StringComparer.Ordinal))));

    /// <summary>Logs components without a trigger as they come, until cancelled.</summary>
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
                LogGap(logger, kind, component, gap);
            }
        }
    }

    private IEnumerable<KeyValuePair<string, string>> Gaps(LiveView view)
    {
        foreach (var live in view.Components)
        {
            if (gapOf(live) is { } gap)
            {
                yield return new(live.Definition.Key.Name, gap);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} {Component}: {Gap}")]
    private static partial void LogGap(ILogger logger, string kind, string component, string gap);
}
