using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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

        var options = new RedisTlsOptions { Authorities = ReadAuthorities(binder), SkipsVerification = binder.Boolean("insecureSkipTLSVerify", false) };
        return WithClientCertificate(binder, options);
    }

    private static X509Certificate2Collection ReadAuthorities(MetadataBinder binder)
    {
        X509Certificate2Collection authorities = [];
        if (binder.Text("caCert") is { } text)
        {
            try
            {
                authorities.ImportFromPem(text);
            }
            catch (CryptographicException)
            {
                authorities = [];
            }

            if (authorities.Count == 0)
            {
                binder.Fault("caCert", "one or more PEM certificates");
            }
        }

        return authorities;
    }

    private static RedisTlsOptions WithClientCertificate(MetadataBinder binder, RedisTlsOptions options)
    {
        var certificate = binder.Text("clientCert");
        var key = binder.Text("clientKey");
        if (certificate is null || key is null)
        {
            if (certificate is not null || key is not null)
            {
                binder.Fault(key is null ? "clientKey" : "clientCert", $"a value beside {(key is null ? "clientCert" : "clientKey")}");
            }

            return options;
        }

        try
        {
            X509Certificate2Collection issuers = [];
            issuers.ImportFromPem(certificate);
            issuers.RemoveAt(0);
            return options with { ClientCertificate = X509Certificate2.CreateFromPem(certificate, key), ClientIssuers = issuers };
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            binder.Fault("clientCert", "a PEM certificate, which its issuers' may follow, and in clientKey its PEM key without a password");
            return options;
        }
    }
}
