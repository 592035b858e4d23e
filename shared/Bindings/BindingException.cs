namespace Serverless.Components.Bindings;

/// <summary>A call of an output binding failed. The message reaches the caller and holds no secret.</summary>
public sealed class BindingException : Exception
{
    /// <summary>Creates the failure.</summary>
    public BindingException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the failure with its cause.</summary>
    public BindingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Response metadata that the caller gets in spite of the failure.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
