namespace Serverless.Backends.TokenServers;

/// <summary>How a token request can go wrong.</summary>
public enum TokenFault
{
    TooManyRequests,
    InvalidClient,
    ServerError,
    Hang,
}
