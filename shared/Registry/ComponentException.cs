namespace Serverless.Components.Registry;

/// <summary>A component or resource is unusable as written. The message is fit for the user and holds no secret.</summary>
public sealed class ComponentException : Exception
{
    /// <summary>Creates the error with a message that names the component or file.</summary>
    public ComponentException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public ComponentException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
