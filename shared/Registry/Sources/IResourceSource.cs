namespace Serverless.Components.Registry.Sources;

/// <summary>A place that resources come from, for example a directory or a blob container.</summary>
/// <remarks>The event contract is Galley's: additions and one full sync first, then changes only, never a repeated full sync.</remarks>
public interface IResourceSource
{
    /// <summary>Short name for logs and health, for example <c>resources</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Reads the source: the first batch is the full sync, each further one a reload that changed something or whose fault changed.
    /// The next pass starts only after the consumer has taken the batch before. Ends when cancelled.
    /// </summary>
    /// <exception cref="ComponentException">The first pass found the source unusable, for example a name twice.</exception>
    IAsyncEnumerable<ResourceBatch> ReadAsync(CancellationToken cancellationToken);
}
