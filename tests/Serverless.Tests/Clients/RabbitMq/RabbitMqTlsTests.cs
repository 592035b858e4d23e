using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Serverless.Components.Clients.RabbitMq;

namespace Serverless.Tests.Clients.RabbitMq;

public sealed class RabbitMqTlsTests
{
    private static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1);
    private static readonly DateTimeOffset Until = From + TimeSpan.FromDays(1);

    [Theory]
    [InlineData(SslPolicyErrors.RemoteCertificateChainErrors, true)]
    [InlineData(SslPolicyErrors.RemoteCertificateChainErrors | SslPolicyErrors.RemoteCertificateNameMismatch, false)]
    public void Trust_IntermediateSentAlong_LeadsToTheAuthority(SslPolicyErrors errors, bool isTrusted)
    {
        using var authority = Create("CN=authority", null);
        using var intermediate = Create("CN=intermediate", authority);
        using var server = Create("CN=server", intermediate, isAuthority: false);
        using var presented = new X509Chain();
        presented.ChainPolicy.ExtraStore.Add(intermediate);
        presented.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        presented.Build(server);

        var option = new RabbitMqTls { Authorities = [authority] }.ToOption("server");

        Assert.Equal(isTrusted, option.CertificateValidationCallback!(this, server, presented, errors));
        Assert.False(new RabbitMqTls { Authorities = [server] }.ToOption("server").CertificateValidationCallback!(this, intermediate, presented, errors));
    }

    private static X509Certificate2 Create(string name, X509Certificate2? issuer, bool isAuthority = true)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (issuer is null)
        {
            return request.CreateSelfSigned(From, Until);
        }

        using var certificate = request.Create(issuer, From, Until, RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }
}
