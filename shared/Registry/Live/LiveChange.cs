namespace Serverless.Components.Registry.Live;

/// <summary>What one transaction did to one entry.</summary>
/// <param name="Before">The entry before, or null when it was created.</param>
/// <param name="After">The entry after, or null when it was deleted.</param>
public sealed record LiveChange(LiveResource? Before, LiveResource? After);
