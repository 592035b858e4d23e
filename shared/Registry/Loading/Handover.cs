using Serverless.Components.Registry.Live;

namespace Serverless.Components.Registry.Loading;

/// <summary>A component that took another's place in a commit.</summary>
/// <param name="Before">What had the name; null when nothing did.</param>
/// <param name="After">What has it now; null when the component is deleted.</param>
internal sealed record Handover(LiveComponent? Before, LiveComponent? After)
{
    /// <summary>The component; null when neither was one.</summary>
    public string? Name => (After ?? Before)?.Definition.Key.Name;

    /// <summary>Whether there is an instance to go back to.</summary>
    public bool HasReturn => Before?.Instance is not null;
}
