using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Serverless.Components.Clients.Redis;

/// <summary>Opens the stream under a connection.</summary>
internal static class RedisTransport
{
    // Finds out that the other side is gone before a firewall's patience with silent connections ends.
    private const int KeepAliveSeconds = 60;

    /// <summary>Connects and encrypts.</summary>
    /// <exception cref="RedisConnectionException">It did not work.</exception>
    public static async Task<Stream> ConnectAsync(RedisEndpoint endpoint, RedisTlsOptions? tls, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            await socket.ConnectAsync(IPAddress.TryParse(endpoint.Host, out var address) ? new IPEndPoint(address, endpoint.Port) : new DnsEndPoint(endpoint.Host, endpoint.Port), cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return tls is null ? stream : await EncryptAsync(stream, endpoint, tls, cancellationToken);
        }
        catch (Exception fault) when (fault is SocketException or IOException or AuthenticationException)
        {
            socket.Dispose();
            throw new RedisConnectionException($"no connection to {endpoint}: {fault.GetBaseException().Message}", fault);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [SuppressMessage("Security", "CA5359", Justification = "Only when the component says insecureSkipTLSVerify.")]
    private static async Task<Stream> EncryptAsync(NetworkStream stream, RedisEndpoint endpoint, RedisTlsOptions tls, CancellationToken cancellationToken)
    {
        var encrypted = new SslStream(stream, leaveInnerStreamOpen: false);
        var options = new SslClientAuthenticationOptions { TargetHost = endpoint.Host };
        if (tls.ClientCertificate is { } certificate)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, tls.ClientIssuers, offline: true);
        }

        if (tls.SkipsVerification)
        {
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        }
        else if (tls.Authorities.Count > 0)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(tls.Authorities);
            options.CertificateChainPolicy = policy;
        }

        await encrypted.AuthenticateAsClientAsync(options, cancellationToken);
        return encrypted;
    }
}
