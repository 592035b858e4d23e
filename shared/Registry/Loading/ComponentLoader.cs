using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Loading;

/// <summary>Builds and initialises one component.</summary>
internal sealed class ComponentLoader(ComponentCatalog catalog, ComponentHost host, SecretLookup secrets)
{
    private readonly MetadataResolver _resolver = new(host, secrets);

    /// <summary>Loads a component.</summary>
    /// <returns>The instance, or the fault: it is unknown, wrongly configured, failed to initialise, or ran out of time.</returns>
    public async Task<LoadOutcome> LoadAsync(ComponentDefinition definition, IComponent? secretStore, IReadOnlyList<string> denied, CancellationToken cancellationToken)
    {
        var name = definition.Key.Name;
        using var timeout = new CancellationTokenSource(definition.InitTimeout, host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        IComponent? instance = null;
        try
        {
            RefuseDenied(definition, denied);
            var factory = catalog.Find(definition);
            var metadata = await _resolver.ResolveAsync(definition, secretStore, either.Token).WaitAsync(either.Token);
            instance = factory(new ComponentContext
            {
                Name = name,
                Type = definition.Type.ToLowerInvariant(),
                Version = definition.Version.ToLowerInvariant(),
                Metadata = metadata,
                Host = host,
            });
            await instance.InitializeAsync(either.Token).WaitAsync(either.Token);
            return new LoadOutcome(definition, instance, null);
        }
        catch (Exception exception)
        {
            // Whatever a component throws here means the same: it is not usable.
            if (instance is not null)
            {
                await instance.DisposeAsync();
            }

            if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
            {
                throw;
            }

            return new LoadOutcome(definition, null, Describe(definition, exception));
        }
    }

    private static string Describe(ComponentDefinition definition, Exception exception) => exception switch
    {
        OperationCanceledException => $"component '{definition.Key.Name}' ({definition.Type}): initialisation took longer than {definition.InitTimeout.TotalSeconds:0.###} s",
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
}
