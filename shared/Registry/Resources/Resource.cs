namespace Serverless.Components.Registry.Resources;

/// <summary>One resource document.</summary>
public abstract record Resource
{
    /// <summary>Kind and name.</summary>
    public required ResourceKey Key { get; init; }

    /// <summary>Hex SHA-256 of the raw document, before environment and template expansion; equal hashes mean no change.</summary>
    public required string Hash { get; init; }

    /// <summary>Where the document stands, for messages: file or blob name.</summary>
    public required string Origin { get; init; }
}
