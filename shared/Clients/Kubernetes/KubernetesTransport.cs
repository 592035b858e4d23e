using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Serverless.Components.Clients.Kubernetes;

/// <summary>Makes the HTTP client under a <see cref="KubernetesClient"/>.</summary>
internal static class KubernetesTransport
{
    /// <summary>How long connecting may take, with the TLS handshake.</summary>
    public static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ConnectionAge = TimeSpan.FromMinutes(5);

    // As Kubernetes' own client: requests over a connection that is silently gone would fail one after the other.
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingLimit = TimeSpan.FromSeconds(15);

    /// <summary>A client that trusts whom the access says, over HTTP/2 or 1.1.</summary>
    public static HttpClient Create(KubernetesAccess access)
    {
        // A redirect would carry the token to where nobody meant it to go.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = ConnectLimit,
            PooledConnectionLifetime = ConnectionAge,
            AutomaticDecompression = DecompressionMethods.GZip,
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingLimit,
            SslOptions = CreateTls(access),
        };
        return new HttpClient(handler)
        {
            BaseAddress = access.Server.AbsolutePath.EndsWith('/') ? access.Server : new Uri(access.Server + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
    }

    [SuppressMessage("Security", "CA5359", Justification = "Only when the kubeconfig says insecure-skip-tls-verify.")]
    private static SslClientAuthenticationOptions CreateTls(KubernetesAccess access)
    {
        var options = new SslClientAuthenticationOptions();
        if (access.ClientCertificate is { } certificate)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, access.ClientIssuers, offline: true);
        }

        if (access.SkipsVerification)
        {
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        }
        else if (access.Authorities.Count > 0)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
            policy.CustomTrustStore.AddRange(access.Authorities);
            options.CertificateChainPolicy = policy;
        }

        return options;
    }
}
