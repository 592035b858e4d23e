using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Loading;

/// <summary>How loading one component ended: with an instance or with a fault.</summary>
/// <param name="Definition">The component.</param>
/// <param name="Instance">The running instance, or null.</param>
/// <param name="Fault">Why there is none, or null.</param>
internal sealed record LoadOutcome(ComponentDefinition Definition, IComponent? Instance, string? Fault);
