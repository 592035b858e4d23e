namespace Serverless.Components.Clients.Oidc;

/// <summary>An access token.</summary>
/// <param name="Value">What the service is shown.</param>
/// <param name="ExpiresOn">When it ends.</param>
/// <param name="RefreshOn">From when on a fetch gives a new one.</param>
internal sealed record OidcToken(string Value, DateTimeOffset ExpiresOn, DateTimeOffset RefreshOn)
{
    /// <summary>The token without its value.</summary>
    public override string ToString() => $"token until {ExpiresOn:O}";
}
