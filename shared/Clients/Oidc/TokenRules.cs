namespace Serverless.Components.Clients.Oidc;

/// <summary>What a bearer token must be to count.</summary>
internal sealed record TokenRules
{
    /// <summary>The provider's OpenID configuration, which names its issuer and the address of its keys.</summary>
    public required Uri Configuration { get; init; }

    /// <summary>Whom the token must be for.</summary>
    public required string Audience { get; init; }

    /// <summary>Another issuer beside that of the configuration, or null.</summary>
    public string? OtherIssuer { get; init; }

    /// <summary>The client that must have asked for the token; null for any.</summary>
    public string? Client { get; init; }
}
