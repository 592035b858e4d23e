namespace Serverless.Components.Clients.Oidc;

/// <summary>How to ask an identity provider for access tokens with a signed assertion in place of a password.</summary>
internal sealed record OidcOptions
{
    public required Uri TokenEndpoint { get; init; }

    public required string ClientId { get; init; }

    /// <summary>PEM certificate whose public half the provider knows.</summary>
    public required string ClientAssertionCertificate { get; init; }

    /// <summary>PEM RSA key of the certificate.</summary>
    public required string ClientAssertionKey { get; init; }

    public IReadOnlyList<string> Scopes { get; init; } = ["openid"];

    public string? Resource { get; init; }

    /// <summary>The assertion's audience, also sent as a parameter; null means the token endpoint, and no parameter.</summary>
    public string? Audience { get; init; }

    /// <summary>The assertion's <c>kid</c>, or null for none.</summary>
    public string? KeyId { get; init; }

    /// <summary>PEM authorities trusted beside those of the system, or null for none.</summary>
    public string? CaCertificate { get; init; }

    /// <summary>How long one request may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The type alone: members are secrets.</summary>
    public override string ToString() => nameof(OidcOptions);
}
