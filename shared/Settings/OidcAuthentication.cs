using Serverless.Components.Clients.Oidc;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <summary>The metadata items <c>oidc*</c> of components that sign in with tokens of an identity provider.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-state-stores/setup-redis.</remarks>
internal static class OidcAuthentication
{
    /// <summary>Reads the items; faults go to the binder, whose owner ends the reading. Null when a required one is missing.</summary>
    public static OidcOptions? Read(MetadataBinder binder)
    {
        var endpoint = binder.Required("oidcTokenEndpoint");
        var clientId = binder.Required("oidcClientID");
        var certificate = binder.Required("oidcClientAssertionCert");
        var key = binder.Required("oidcClientAssertionKey");
        var isAddress = Uri.TryCreate(endpoint, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp);
        if (!isAddress && endpoint.Length > 0)
        {
            binder.Fault("oidcTokenEndpoint", "an http or https address");
        }

        if (!isAddress || clientId.Length == 0 || certificate.Length == 0 || key.Length == 0)
        {
            return null;
        }

        var options = new OidcOptions
        {
            TokenEndpoint = address!,
            ClientId = clientId,
            ClientAssertionCertificate = certificate,
            ClientAssertionKey = key,
            Resource = binder.Text("oidcResource"),
            Audience = binder.Text("oidcAudience"),
            KeyId = binder.Text("oidcKid"),
            CaCertificate = binder.Text("oidcCACert"),
        };
        var scopes = binder.Text("oidcScopes")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return scopes.Length > 0 ? options with { Scopes = scopes } : options;
    }

    /// <summary>The source of tokens for what was read; the component disposes it.</summary>
    /// <exception cref="ComponentException">Certificate, key or authority is not usable.</exception>
    public static OidcTokenSource CreateTokenSource(OidcOptions options, ComponentContext context)
    {
        try
        {
            return new OidcTokenSource(options, context.Host.Time);
        }
        catch (FormatException fault)
        {
            throw new ComponentException($"component '{context.Name}': {fault.Message}", fault);
        }
    }
}
