namespace Serverless.Components.Secrets;

/// <summary>A store has no secret of that name. The API reports it like any failed read; a <c>secretKeyRef</c> tells it from a failure.</summary>
public sealed class SecretNotFoundException : Exception
{
    /// <summary>Creates the error with the store's wording, which the caller of the API gets to see.</summary>
    public SecretNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public SecretNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
