using Serverless.Components.Clients.Redis;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <content>Encryption.</content>
internal static partial class RedisSettings
{
    private static RedisTlsOptions? ReadTls(MetadataBinder binder)
    {
        if (!binder.Boolean("enableTLS", false))
        {
            // Our own item: whoever trusts an authority expects encryption.
            if (binder.Text("caCert") is not null)
            {
                binder.Fault("caCert", "enableTLS beside it");
            }

            return null;
        }

        var options = new RedisTlsOptions
        {
            Authorities = binder.Text("caCert") is { } authorities ? CertificateItems.Authorities(binder, "caCert", authorities) : [],
            SkipsVerification = binder.Boolean("insecureSkipTLSVerify", false),
        };
        return CertificateItems.Client(binder, ("clientCert", binder.Text("clientCert")), ("clientKey", binder.Text("clientKey"))) is { } client
            ? options with { ClientCertificate = client.Certificate, ClientIssuers = client.Issuers }
            : options;
    }
}
