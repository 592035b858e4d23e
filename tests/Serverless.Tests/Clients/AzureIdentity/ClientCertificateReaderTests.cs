using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Serverless.Backends.TokenServers;
using Serverless.Components.Clients.AzureIdentity;

namespace Serverless.Tests.Clients.AzureIdentity;

public sealed class ClientCertificateReaderTests
{
    private static readonly X509Certificate2 Certificate = TestCertificates.Create("app");

    [Theory]
    [InlineData(null, null)]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("p", "p")]
    public void Read_Pfx_OpensWithItsPassword(string? password, string? given)
    {
        using var read = ClientCertificateReader.Read(Options(Certificate.Export(X509ContentType.Pfx, password)) with { CertificatePassword = given });

        Assert.Equal(Certificate.Thumbprint, read.Thumbprint);
    }

    [Fact]
    public void Read_PemWithTheKeyFirstAsPkcs1_IsTaken()
    {
        using var key = Certificate.GetRSAPrivateKey()!;

        using var read = ClientCertificateReader.Read(Options(Encoding.UTF8.GetBytes($"{key.ExportRSAPrivateKeyPem()}\n{Certificate.ExportCertificatePem()}")));

        Assert.Equal(Certificate.Thumbprint, read.Thumbprint);
    }

    [Fact]
    public void Read_Unusable_SaysWhy()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var elliptic = new CertificateRequest("CN=app", curve, HashAlgorithmName.SHA256).CreateSelfSigned(Certificate.NotBefore, Certificate.NotAfter);
        const string Neither = "the certificate is neither a PFX that its password opens nor PEM with certificate and key";

        Assert.Equal(Neither, FaultOf(Certificate.Export(X509ContentType.Pfx, "p")));
        Assert.Equal(Neither, FaultOf(Encoding.UTF8.GetBytes(Certificate.ExportCertificatePem())));
        Assert.Equal(Neither, FaultOf([]));
        Assert.Equal("the certificate has no RSA private key", FaultOf(elliptic.Export(X509ContentType.Pfx)));
    }

    private static AzureIdentityOptions Options(byte[] certificate) => new() { Certificate = certificate, Environment = _ => null };

    private static string FaultOf(byte[] certificate) => Assert.Throws<FormatException>(() => ClientCertificateReader.Read(Options(certificate))).Message;
}
