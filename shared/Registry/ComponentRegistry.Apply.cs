using Microsoft.Extensions.Logging;
using Serverless.Components.Registry.Live;
using Serverless.Components.Registry.Loading;
using Serverless.Components.Registry.Resources;
using Serverless.Components.Registry.Sources;

namespace Serverless.Components.Registry;

/// <content>Applying one batch of events as one generation.</content>
public sealed partial class ComponentRegistry
{
    private async Task ApplyAsync(IReadOnlyList<ResourceEvent> events, bool isStart, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return;
        }

        var plan = new LoadPlan(Live.View, events);
        var outcomes = await plan.LoadAsync(_loader, cancellationToken);
        if (_options.Catalog.Rules.Count > 0)
        {
            await CheckRulesAsync(outcomes, events);
        }

        if (isStart && Faults(outcomes) is { Count: > 0 } faults)
        {
            await RefuseAsync(outcomes, faults);
        }

        var retired = new List<LiveComponent?>();
        var view = Live.Update(transaction => Commit(transaction, events, outcomes, retired));
        retired.ForEach(_retiring.Add);
        LogGeneration(_logger, view.Version, events.Count);
    }

    private void Commit(LiveTransaction transaction, IReadOnlyList<ResourceEvent> events, Dictionary<string, LoadOutcome> outcomes, List<LiveComponent?> retired)
    {
        foreach (var change in events)
        {
            if (transaction.Get(change.Key) is { } entry && change.Resource is null)
            {
                transaction.Delete(change.Key);
                retired.Add(entry.Component);
                LogRemoved(_logger, change.Key);
            }
            else if (change.Resource is RuntimeConfiguration configuration)
            {
                Put(transaction, configuration, null);
            }
        }

        foreach (var (name, outcome) in outcomes)
        {
            var before = transaction.Get(outcome.Definition.Key)?.Component;
            if (outcome.Instance is not null)
            {
                Put(transaction, outcome.Definition, new LiveComponent(outcome.Definition, outcome.Instance));
                retired.Add(before);
                LogLoaded(_logger, name, outcome.Definition.Type, outcome.Definition.Version);
            }
            else if (before?.Instance is not null)
            {
                LogKept(_logger, outcome.Fault!);
            }
            else
            {
                Put(transaction, outcome.Definition, new LiveComponent(outcome.Definition, outcome.Fault!));
                LogLeftOut(_logger, outcome.Fault!);
            }
        }
    }

    private static void Put(LiveTransaction transaction, Resource resource, LiveComponent? component)
    {
        if (transaction.Get(resource.Key) is { } before)
        {
            transaction.Update(resource, component, before.Version);
        }
        else
        {
            transaction.Create(resource, component);
        }
    }

    private async Task CheckRulesAsync(Dictionary<string, LoadOutcome> outcomes, IReadOnlyList<ResourceEvent> events)
    {
        var live = Live.View.Components.Where(component => component.Instance is not null)
            .ToDictionary(component => component.Definition.Key.Name, component => component.Instance!, StringComparer.Ordinal);
        foreach (var deleted in events.Where(change => change.Resource is null))
        {
            live.Remove(deleted.Key.Name);
        }

        foreach (var outcome in outcomes.Values.Where(outcome => outcome.Instance is not null).OrderBy(outcome => outcome.Definition.Key.Name, StringComparer.Ordinal).ToList())
        {
            var name = outcome.Definition.Key.Name;
            var complaint = _options.Catalog.Rules
                .Select(rule => rule(name, outcome.Instance!, live.Where(other => other.Key != name)))
                .FirstOrDefault(found => found is not null);
            if (complaint is null)
            {
                live[name] = outcome.Instance!;
            }
            else
            {
                await outcome.Instance!.DisposeAsync();
                outcomes[name] = outcome with { Instance = null, Fault = $"component '{name}': {complaint}" };
            }
        }
    }

    private static List<string> Faults(Dictionary<string, LoadOutcome> outcomes) =>
        [.. outcomes.Values.Where(outcome => outcome is { Fault: not null, Definition.IgnoreErrors: false }).Select(outcome => outcome.Fault!).Order(StringComparer.Ordinal)];

    private static async Task RefuseAsync(Dictionary<string, LoadOutcome> outcomes, List<string> faults)
    {
        foreach (var instance in outcomes.Values.Select(outcome => outcome.Instance).OfType<IComponent>())
        {
            await instance.DisposeAsync();
        }

        throw new ComponentException(string.Join(Environment.NewLine, faults));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "component loaded: {Component} ({Type}/{Version})")]
    private static partial void LogLoaded(ILogger logger, string component, string type, string version);

    [LoggerMessage(Level = LogLevel.Information, Message = "resource removed: {Key}")]
    private static partial void LogRemoved(ILogger logger, ResourceKey key);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Fault}; the instance that was running stays")]
    private static partial void LogKept(ILogger logger, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Fault}; it is left out")]
    private static partial void LogLeftOut(ILogger logger, string fault);

    [LoggerMessage(Level = LogLevel.Debug, Message = "registry generation {Generation}: {Changes} changes")]
    private static partial void LogGeneration(ILogger logger, long generation, int changes);
}
