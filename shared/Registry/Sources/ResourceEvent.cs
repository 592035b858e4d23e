using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Sources;

/// <summary>One change in a source.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Key">The resource.</param>
/// <param name="Resource">Its new form; null when it was deleted.</param>
public sealed record ResourceEvent(ResourceEventKind Kind, ResourceKey Key, Resource? Resource);
