using System.Security.Cryptography.X509Certificates;
using Serverless.Backends.TokenServers;

namespace Serverless.Tests.Components.Settings;

/// <summary>The metadata of a component that signs in by OIDC.</summary>
internal static class OidcItems
{
    /// <summary>The application's certificate.</summary>
    public static X509Certificate2 Certificate { get; } = TestCertificates.Create("client");

    public static (string Name, string Value)[] Create(Uri endpoint, string clientId) =>
    [
        ("useOIDC", "true"),
        ("oidcTokenEndpoint", endpoint.OriginalString),
        ("oidcClientID", clientId),
        ("oidcClientAssertionCert", Certificate.ExportCertificatePem()),
        ("oidcClientAssertionKey", Certificate.ToKeyPem()),
    ];

    /// <summary>Those that a server accepts once it knows the certificate.</summary>
    public static (string Name, string Value)[] Create(TokenServer server)
    {
        server.ClientCertificate = Certificate;
        return [.. Create(new Uri(server.OidcEndpoint), server.ClientId), ("oidcCACert", TokenServer.AuthorityPem)];
    }
}
