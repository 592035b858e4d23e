using Serverless.Components.Registry;

namespace Serverless.Components.Bindings;

/// <summary>A binding with the settings that the runtime, not the binding, applies: <c>direction</c> and <c>route</c>.</summary>
/// <remarks>Dapr docs: operations/components/setup-bindings.</remarks>
public sealed class BindingComponent : IComponent
{
    private readonly IComponent _binding;

    /// <summary>Wraps a binding built from <paramref name="context"/>.</summary>
    /// <exception cref="ComponentException"><c>direction</c> holds another word, or one that the type can't do.</exception>
    public BindingComponent(IComponent binding, ComponentContext context)
    {
        _binding = binding;
        Name = context.Name;
        var binder = context.Metadata.Bind();
        var direction = new BindingDirection(binder.Text("direction"));
        IsInputExplicit = direction.NamesInput;
        Input = direction.IsInput ? binding as IInputBinding : null;
        Output = direction.IsOutput ? binding as IOutputBinding : null;
        Route = (binder.Text("route") ?? Name).TrimStart('/');
        if (!direction.IsValid)
        {
            binder.Fault("direction", "input, output, or both with a comma between them");
        }
        else if ((IsInputExplicit && Input is null) || (direction.NamesOutput && Output is null))
        {
            binder.Fault("direction", Output is null && binding is not IOutputBinding ? "input, which is all this type can do" : "output, which is all this type can do");
        }

        binder.ThrowIfFaulty();
        Capabilities = [.. Input is null ? Array.Empty<string>() : ["INPUT_BINDING"], .. Output is null ? Array.Empty<string>() : ["OUTPUT_BINDING"]];
    }

    /// <summary>The component's name.</summary>
    public string Name { get; }

    /// <summary>The side that reads events, or null when there is none or <c>direction</c> leaves it out.</summary>
    public IInputBinding? Input { get; }

    /// <summary>The side that is called, or null when there is none or <c>direction</c> leaves it out.</summary>
    public IOutputBinding? Output { get; }

    /// <summary>True when <c>direction</c> names <c>input</c>, so that the app is not asked whether it wants the events.</summary>
    public bool IsInputExplicit { get; }

    /// <summary>Path of the app that takes the events, without a leading slash: <c>route</c>, or the name.</summary>
    public string Route { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Capabilities { get; }

    /// <inheritdoc/>
    public string? Storage => _binding.Storage;

    /// <inheritdoc/>
    public Task InitializeAsync(CancellationToken cancellationToken) => _binding.InitializeAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _binding.DisposeAsync();
}
