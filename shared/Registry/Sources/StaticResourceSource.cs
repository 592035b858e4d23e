using System.Runtime.CompilerServices;
using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Sources;

/// <summary>Resources that never change, such as the built-in state store.</summary>
/// <param name="name">Name for logs and health.</param>
/// <param name="resources">The resources.</param>
public sealed class StaticResourceSource(string name, params IEnumerable<Resource> resources) : IResourceSource
{
    private readonly Dictionary<ResourceKey, Resource> _resources = resources.ToDictionary(resource => resource.Key);

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ResourceBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield return new ResourceBatch(new ResourceTable().Replace(_resources), IsFullSync: true);
    }
}
