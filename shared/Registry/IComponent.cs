namespace Serverless.Components.Registry;

/// <summary>A live component: created by its factory, initialised once, disposed after its last call has drained.</summary>
/// <remarks>Dapr docs: concepts/components-concept.</remarks>
public interface IComponent : IAsyncDisposable
{
    /// <summary>Feature words listed by <c>GET /v1.0/metadata</c> for this component, in Dapr's order; may be empty.</summary>
    IReadOnlyList<string> Capabilities { get; }

    /// <summary>Where it keeps data on this machine, for people: a file's path, or <c>memory</c>; null when it keeps none here.</summary>
    string? Storage => null;

    /// <summary>Connects, creates what is missing, and verifies the settings.</summary>
    /// <exception cref="ComponentException">The component can't be used; the message says why without any secret.</exception>
    Task InitializeAsync(CancellationToken cancellationToken);
}
