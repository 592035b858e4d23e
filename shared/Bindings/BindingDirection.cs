namespace Serverless.Components.Bindings;

/// <summary>The metadata item <c>direction</c>: <c>input</c>, <c>output</c>, or both with a comma between them. Without it both are wanted.</summary>
/// <remarks>Dapr docs: reference/api/bindings_api, "Binding direction".</remarks>
public sealed record BindingDirection
{
    private const string InputWord = "input";
    private const string OutputWord = "output";

    /// <summary>Reads the text, or null for none; case does not matter.</summary>
    public BindingDirection(string? text)
    {
        var words = (text ?? "").ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        NamesInput = words.Contains(InputWord);
        NamesOutput = words.Contains(OutputWord);
        IsInput = words.Length == 0 || NamesInput;
        IsOutput = words.Length == 0 || NamesOutput;
        IsValid = words.All(word => word is InputWord or OutputWord);
    }

    /// <summary>Whether it lists <c>input</c>.</summary>
    public bool NamesInput { get; }

    /// <summary>Whether it lists <c>output</c>.</summary>
    public bool NamesOutput { get; }

    /// <summary>Whether the component may read events.</summary>
    public bool IsInput { get; }

    /// <summary>Whether the component may be called.</summary>
    public bool IsOutput { get; }

    /// <summary>False when it has another word.</summary>
    public bool IsValid { get; }
}
