using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Loading;

/// <summary>Builds and initialises one component.</summary>
internal sealed class ComponentLoader(ComponentCatalog catalog, ComponentHost host, SecretLookup secrets)
{
    private readonly MetadataResolver _resolver = new(host, secrets);

    /// <summary>Loads a component.</summary>
    /// <exception cref="ComponentException">It is unknown, wrongly configured, failed to initialise, or ran out of time.</exception>
    public async Task<IComponent> LoadAsync(ComponentDefinition definition, IComponent? secretStore, IReadOnlyList<string> denied, CancellationToken cancellationToken)
    {
        var name = definition.Key.Name;
        RefuseDenied(definition, denied);
        var factory = catalog.Find(definition);
        using var timeout = new CancellationTokenSource(definition.InitTimeout, host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        IComponent? instance = null;
        try
        {
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
            return instance;
        }
        catch (Exception exception)
        {
            // Whatever a component throws here means the same: it is not usable.
            if (instance is not null)
            {
                await instance.DisposeAsync();
            }

            throw exception switch
            {
                OperationCanceledException when cancellationToken.IsCancellationRequested => exception,
                OperationCanceledException => new ComponentException($"component '{name}' ({definition.Type}): initialisation took longer than {definition.InitTimeout.TotalSeconds:0.###} s"),
                ComponentException when exception.Message.Contains($"'{name}'", StringComparison.Ordinal) => exception,
                _ => new ComponentException($"component '{name}' ({definition.Type}): {exception.Message}", exception),
            };
        }
    }

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
