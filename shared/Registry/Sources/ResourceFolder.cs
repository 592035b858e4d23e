using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Sources;

/// <summary>Reads the components of directories once, unresolved: no environment, no secret, no service.</summary>
/// <remarks>The files and rules of <see cref="FileResourceSource"/>, except that whatever is damaged ends the reading.</remarks>
public static class ResourceFolder
{
    /// <summary>Every component, in name order.</summary>
    /// <param name="directories">The directories, as one source.</param>
    /// <param name="host">The app id leaves out components scoped to other apps, an empty one none; nothing else of it is asked.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ComponentException">A directory can't be read, a document is damaged, or a name is there twice.</exception>
    public static async Task<IReadOnlyList<ComponentDefinition>> ReadAsync(IEnumerable<string> directories, ComponentHost host, CancellationToken cancellationToken)
    {
        var parser = new ResourceParser(static _ => null, host.LoggerFactory.CreateLogger("dapr.runtime.resources"));
        var collector = new ResourceCollector(host);
        try
        {
            foreach (var path in directories.SelectMany(FileResourceSource.ListFiles))
            {
                var file = ResourceFile.Parse(await File.ReadAllTextAsync(path, cancellationToken), Path.GetFileName(path), parser);
                collector.Add(host.AppId.Length > 0 ? file : file with { Resources = [.. file.Resources.Select(static parsed => parsed with { Scopes = null })] });
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ComponentException($"resources can't be read: {exception.Message}", exception);
        }

        return collector.Damage is { } damage
            ? throw new ComponentException(damage)
            : [.. collector.Finish().Values.OfType<ComponentDefinition>().OrderBy(definition => definition.Key.Name, StringComparer.Ordinal)];
    }
}
