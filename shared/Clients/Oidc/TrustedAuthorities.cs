using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serverless.Components.Clients.Oidc;

/// <summary>Authorities trusted beside those of the system.</summary>
internal sealed class TrustedAuthorities
{
    private readonly X509Certificate2Collection _authorities = [];

    /// <exception cref="FormatException">The text holds no PEM certificate.</exception>
    public TrustedAuthorities(string pem)
    {
        try
        {
            _authorities.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            // Told below, with the case of no certificate at all.
        }

        if (_authorities.Count == 0)
        {
            throw new FormatException("the authority's certificate is not PEM");
        }
    }

    /// <summary>True when the system trusts the server, or when its name is right and one of the authorities vouches for it.</summary>
    public bool Trust(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 server)
        {
            return errors == SslPolicyErrors.None;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(server);
    }
}
