using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;

namespace Serverless.Components.Clients.RabbitMq;

/// <summary>Certificates of both sides.</summary>
internal sealed record RabbitMqTls
{
    /// <summary>Whom to trust; none means those that the system trusts.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>What we show; null means nothing.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The client's settings for a broker.</summary>
    public SslOption ToOption(string host)
    {
        var option = new SslOption(host, enabled: true);
        if (ClientCertificate is { } certificate)
        {
            option.Certs = [certificate];
        }

        if (Authorities.Count > 0)
        {
            option.CertificateValidationCallback = (_, shown, presented, errors) => IsTrusted(shown as X509Certificate2, presented, errors);
        }

        return option;
    }

    private bool IsTrusted(X509Certificate2? shown, X509Chain? presented, SslPolicyErrors errors)
    {
        if (shown is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;

        // What the broker has sent along to lead to the authority.
        foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(shown);
    }
}
