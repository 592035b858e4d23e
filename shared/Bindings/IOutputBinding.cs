using Serverless.Components.Registry;

namespace Serverless.Components.Bindings;

/// <summary>A binding through which an app calls something outside.</summary>
/// <remarks>Dapr docs: reference/api/bindings_api. What is sent is never sent again by the binding itself when its fate is unknown.</remarks>
public interface IOutputBinding : IComponent
{
    /// <summary>The operations, in Dapr's order; compared with case.</summary>
    IReadOnlyList<string> Operations { get; }

    /// <summary>Runs one of <see cref="Operations"/>; null when the binding answers nothing, which the API passes on as 204.</summary>
    /// <exception cref="BindingException">The operation failed, or a request metadata key is missing or unusable.</exception>
    ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken);
}
