namespace Serverless.Components.Clients.Oidc;

/// <summary>No token was issued. The message holds neither assertion nor token.</summary>
internal sealed class OidcTokenException : Exception
{
    public OidcTokenException(string message)
        : base(message)
    {
    }

    public OidcTokenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The OAuth error code, such as <c>invalid_client</c>, or null when the endpoint gave none.</summary>
    public string? Error { get; init; }
}
