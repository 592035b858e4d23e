using Microsoft.Extensions.Logging;
using Serverless.Components.Clients.Oidc;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <summary>The metadata items <c>oidc*</c> of components that sign in with tokens of an identity provider.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-state-stores/setup-redis.</remarks>
internal static partial class OidcAuthentication
{
    /// <summary>Reads the items; faults go to the binder, whose owner ends the reading. Null when a required one is missing.</summary>
    public static OidcOptions? Read(MetadataBinder binder, ComponentContext context)
    {
        var endpoint = binder.Required("oidcTokenEndpoint");
        var clientId = binder.Required("oidcClientID");
        var certificate = binder.Required("oidcClientAssertionCert");
        var key = binder.Required("oidcClientAssertionKey");
        var authorities = ReadAuthorities(binder);
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
            CaCertificate = authorities,
        };
        Check(binder, options);
        if (binder.Text("oidcScopes")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } scopes)
        {
            return options with { Scopes = scopes };
        }

        LogDefaultScope(context.Logger, context.Name);
        return options;
    }

    // Looked at here, because at the provider a wrong pair would only show as a refusal.
    private static void Check(MetadataBinder binder, OidcOptions options)
    {
        try
        {
            new ClientAssertion(options).Dispose();
        }
        catch (FormatException)
        {
            binder.Fault("oidcClientAssertionKey", "a PEM RSA private key, and in oidcClientAssertionCert its PEM certificate");
        }
    }

    private static string? ReadAuthorities(MetadataBinder binder)
    {
        if (binder.Text("oidcCACert") is not { } pem)
        {
            return null;
        }

        try
        {
            _ = new TrustedAuthorities(pem);
        }
        catch (FormatException)
        {
            binder.Fault("oidcCACert", "one or more PEM certificates");
        }

        return pem;
    }

    [LoggerMessage(LogLevel.Warning, "component '{component}': there are no oidcScopes, so tokens are asked for with 'openid' alone: other services may take such a token too")]
    private static partial void LogDefaultScope(ILogger logger, string component);
}
