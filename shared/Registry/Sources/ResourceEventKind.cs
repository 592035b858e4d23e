namespace Serverless.Components.Registry.Sources;

/// <summary>What happened to a resource in its source.</summary>
public enum ResourceEventKind
{
    /// <summary>It is gone.</summary>
    Deleted,

    /// <summary>Its text changed.</summary>
    Updated,

    /// <summary>It is new.</summary>
    Added,
}
