using Microsoft.Extensions.Logging;
using Serverless.Components.Registry.Live;
using Serverless.Components.Registry.Loading;
using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry;

/// <content>Applying one batch of events as one generation.</content>
public sealed partial class ComponentRegistry
{
    // What failed before and is not touched waits for its retry, so that one slow component does not hold up every reload.
    private async Task ApplyAsync(HashSet<ResourceKey>? touched, bool isStart, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var plan = await PlanAsync(touched);
        foreach (var name in _told.Keys.Where(plan.Runs))
        {
            _told.TryRemove(name, out _);
        }

        if (plan.IsEmpty)
        {
            return;
        }

        var outcomes = await plan.LoadAsync(_loader, deadline, cancellationToken);
        if (_options.Catalog.Rules.Count > 0)
        {
            await CheckRulesAsync(plan, outcomes);
        }

        if (isStart && Faults(outcomes) is { Count: > 0 } faults)
        {
            await _loader.DisposeAsync(outcomes.Values);
            throw new ComponentException(string.Join(Environment.NewLine, faults));
        }

        var handovers = new List<Handover>();
        var view = Live.Update(transaction => Commit(transaction, plan, outcomes, handovers));
        LogGeneration(_logger, view.Version);
        BeginHandovers(handovers, cancellationToken);
        if (isStart)
        {
            await Task.WhenAll(_handovers.Values);
        }
    }

    // What of the plan still passes from one instance to another is waited for, since the end decides what runs. Nothing else waits.
    private async Task<LoadPlan> PlanAsync(HashSet<ResourceKey>? touched)
    {
        while (true)
        {
            var plan = new LoadPlan(Live.View, _merger.Winners, touched);
            var underWay = plan.Components.Select(name => _handovers.GetValueOrDefault(name, Task.CompletedTask)).Where(task => !task.IsCompleted).ToList();
            if (underWay.Count == 0)
            {
                return plan;
            }

            await Task.WhenAll(underWay);
        }
    }

    private void Commit(LiveTransaction transaction, LoadPlan plan, Dictionary<string, LoadOutcome> outcomes, List<Handover> handovers)
    {
        foreach (var key in plan.Deleted)
        {
            handovers.Add(new Handover(transaction.Get(key)?.Component, null));
            transaction.Delete(key);
            _told.TryRemove(key.Name, out _);
            LogRemoved(_logger, key);
        }

        foreach (var configuration in plan.Configurations)
        {
            Put(transaction, configuration, null);
        }

        foreach (var (name, outcome) in outcomes)
        {
            var before = transaction.Get(outcome.Definition.Key)?.Component;
            if (outcome.Instance is not null)
            {
                var after = new LiveComponent(outcome.Definition, outcome.Instance);
                Put(transaction, outcome.Definition, after);
                handovers.Add(new Handover(before, after));
                _told.TryRemove(name, out _);
                LogLoaded(_logger, name, outcome.Definition.Type, outcome.Definition.Version);
            }
            else
            {
                if (before?.Instance is null && before?.Fault != outcome.Fault)
                {
                    Put(transaction, outcome.Definition, new LiveComponent(outcome.Definition, outcome.Fault!));
                }

                Tell(name, outcome.Fault!, isKept: before?.Instance is not null);
            }
        }
    }

    // A component that fails again the same way at each try is told once.
    private void Tell(string name, string fault, bool isKept)
    {
        if (_told.GetValueOrDefault(name) == fault)
        {
            return;
        }

        _told[name] = fault;
        if (isKept)
        {
            LogKept(_logger, fault);
        }
        else
        {
            LogLeftOut(_logger, fault);
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

    // A rejected component may leave an old instance behind that the admitted ones were not checked against; then all are checked again.
    private async Task CheckRulesAsync(LoadPlan plan, Dictionary<string, LoadOutcome> outcomes)
    {
        while (await RejectAsync(plan, outcomes))
        {
        }
    }

    /// <summary>Rejects what breaks a rule; true when an old instance stays in the place of a rejected one.</summary>
    private async Task<bool> RejectAsync(LoadPlan plan, Dictionary<string, LoadOutcome> outcomes)
    {
        // Those that this batch replaces are left out, so that a role can move from one component to another.
        var live = Live.View.Components
            .Where(component => component.Instance is not null && !plan.Deleted.Contains(component.Definition.Key))
            .Where(component => outcomes.GetValueOrDefault(component.Definition.Key.Name)?.Instance is null)
            .ToDictionary(component => component.Definition.Key.Name, component => component.Instance!, StringComparer.Ordinal);
        var isKept = false;
        foreach (var outcome in outcomes.Values.Where(outcome => outcome.Instance is not null).OrderBy(outcome => outcome.Definition.Key.Name, StringComparer.Ordinal).ToList())
        {
            var name = outcome.Definition.Key.Name;
            var complaint = _options.Catalog.Rules.Select(rule => rule(name, outcome.Instance!, live)).FirstOrDefault(found => found is not null);
            if (complaint is null)
            {
                live[name] = outcome.Instance!;
                continue;
            }

            await _loader.DisposeAsync([outcome]);
            outcomes[name] = outcome with { Instance = null, Fault = $"component '{name}': {complaint}" };
            isKept |= Live.View.Component(name)?.Instance is not null;
        }

        return isKept;
    }

    private static List<string> Faults(Dictionary<string, LoadOutcome> outcomes) =>
        [.. outcomes.Values.Where(outcome => outcome is { Fault: not null, Definition.IgnoreErrors: false }).Select(outcome => outcome.Fault!).Order(StringComparer.Ordinal)];

    [LoggerMessage(Level = LogLevel.Information, Message = "component loaded: {Component} ({Type}/{Version})")]
    private static partial void LogLoaded(ILogger logger, string component, string type, string version);

    [LoggerMessage(Level = LogLevel.Information, Message = "resource removed: {Key}")]
    private static partial void LogRemoved(ILogger logger, ResourceKey key);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Fault}; the instance that was running stays")]
    private static partial void LogKept(ILogger logger, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Fault}; it is left out")]
    private static partial void LogLeftOut(ILogger logger, string fault);

    [LoggerMessage(Level = LogLevel.Debug, Message = "registry generation {Generation}")]
    private static partial void LogGeneration(ILogger logger, long generation);
}
