using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Live;

/// <summary>One entry of the live set.</summary>
/// <param name="Resource">The document.</param>
/// <param name="Component">The loaded component; null for other kinds.</param>
/// <param name="Version">Version of the commit that wrote the entry; an update must name it.</param>
public sealed record LiveResource(Resource Resource, LiveComponent? Component, long Version);
