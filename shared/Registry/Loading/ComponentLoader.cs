using Microsoft.Extensions.Logging;
using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Loading;

/// <summary>Builds and initialises one component.</summary>
internal sealed partial class ComponentLoader(ComponentCatalog catalog, ComponentHost host, SecretLookup secrets)
{
    private readonly MetadataResolver _resolver = new(host, secrets);
    private readonly ILogger _logger = host.LoggerFactory.CreateLogger("dapr.runtime.components");

    /// <summary>Loads a component.</summary>
    /// <param name="definition">The component.</param>
    /// <param name="secretStore">The running store named by <c>auth.secretStore</c>, or null.</param>
    /// <param name="denied">Types that the configuration denies.</param>
    /// <param name="deadline">Ends all loading of the start.</param>
    /// <param name="cancellationToken">The process stops.</param>
    /// <returns>The instance, or the fault: it is unknown, wrongly configured, failed to initialise, or ran out of time.</returns>
    public async Task<LoadOutcome> LoadAsync(ComponentDefinition definition, IComponent? secretStore, IReadOnlyList<string> denied, CancellationToken deadline, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(definition.InitTimeout, host.Time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, deadline, cancellationToken);
        IComponent? instance = null;
        var initialising = Task.CompletedTask;
        try
        {
            RefuseDenied(definition, denied);
            var factory = catalog.Find(definition);
            var metadata = await _resolver.ResolveAsync(definition, secretStore, any.Token).WaitAsync(any.Token);
            instance = factory(new ComponentContext
            {
                Name = definition.Key.Name,
                Type = definition.Type.ToLowerInvariant(),
                Version = definition.Version.ToLowerInvariant(),
                Metadata = metadata,
                Host = host,
            });

            // On a thread of its own, because the time limit must also hold for a component that blocks.
            initialising = Task.Run(() => instance.InitializeAsync(any.Token), any.Token);
            await initialising.WaitAsync(any.Token);
            return new LoadOutcome(definition, instance, null);
        }
        catch (Exception exception)
        {
            // Whatever a component throws here means the same: it is not usable. An initialisation that
            // outlives its time limit must end before its instance is disposed.
            _ = initialising.ContinueWith(_ => DiscardAsync(definition, instance), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            LogException(_logger, exception, definition.Key.Name);
            return new LoadOutcome(definition, null, Describe(definition, exception, deadline, timeout.Token));
        }
    }

    /// <summary>Disposes what was loaded but does not go live.</summary>
    public async Task DisposeAsync(IEnumerable<LoadOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            await DiscardAsync(outcome.Definition, outcome.Instance);
        }
    }

    private async Task DiscardAsync(ComponentDefinition definition, IComponent? instance)
    {
        if (instance is null)
        {
            return;
        }

        try
        {
            await instance.DisposeAsync();
        }
        catch (Exception exception)
        {
            // It was not going to be used; its trouble in closing is no reason to fail others.
            LogException(_logger, exception, definition.Key.Name);
        }
    }

    private static string Describe(ComponentDefinition definition, Exception exception, CancellationToken deadline, CancellationToken timeout) => exception switch
    {
        OperationCanceledException when timeout.IsCancellationRequested => $"component '{definition.Key.Name}' ({definition.Type}): initialisation took longer than {definition.InitTimeout.TotalSeconds:0.###} s",
        OperationCanceledException when deadline.IsCancellationRequested => $"component '{definition.Key.Name}' ({definition.Type}): not initialised within the start-up timeout",
        ComponentException when exception.Message.Contains($"'{definition.Key.Name}'", StringComparison.Ordinal) => exception.Message,
        _ => $"component '{definition.Key.Name}' ({definition.Type}): {exception.Message}",
    };

    private static void RefuseDenied(ComponentDefinition definition, IReadOnlyList<string> denied)
    {
        if (denied.Count == 0)
        {
            return;
        }

        var typed = $"{definition.Type}/{definition.Version}";
        if (definition.Type.Length == 0 || definition.Version.Length == 0
            || denied.Contains(definition.Type, StringComparer.OrdinalIgnoreCase)
            || denied.Contains(typed, StringComparer.OrdinalIgnoreCase))
        {
            throw new ComponentException($"component '{definition.Key.Name}': type {typed} is denied by the configuration");
        }
    }

    [LoggerMessage(LogLevel.Debug, "component {Component} failed")]
    private static partial void LogException(ILogger logger, Exception exception, string component);
}
