using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Serverless.Backends.Network;
using Serverless.Backends.Redis;
using Serverless.Components.Clients.Redis;
using Endpoint = Serverless.Components.Clients.Redis.RedisEndpoint;

namespace Serverless.Tests.Clients.Redis;

/// <summary>Encrypted connections.</summary>
public sealed class RedisTlsTests : RedisClientTest, IAsyncLifetime
{
    private readonly CertificateSet _certificates = new();
    private RedisServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync(new RedisServerSettings { Certificates = _certificates }, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificates.Dispose();
    }

    [Fact]
    public async Task Execute_CustomAuthorityAndClientCertificate_Works()
    {
        await using var client = Create(new RedisTlsOptions { Authorities = [_certificates.Authority], ClientCertificate = _certificates.Client });
        var value = new byte[3 << 20];
        new Random(1).NextBytes(value);

        await Set(client, "key", (ReadOnlyMemory<byte>)value);

        Assert.Equal(value, (await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, "key"), Cancellation)).ToBulk()!.Value.ToArray());
        await Together(200, caller => Set(client, $"key:{caller}", $"{caller}"));
        await Together(200, async caller => Assert.Equal($"{caller}", await Get(client, $"key:{caller}")));
    }

    [Fact]
    public async Task Execute_SkippedVerification_Works()
    {
        await using var client = Create(new RedisTlsOptions { SkipsVerification = true, ClientCertificate = _certificates.Client });

        await Set(client, "key", "value");

        Assert.Equal("value", await Get(client, "key"));
    }

    [Fact]
    public async Task Execute_UnknownAuthority_IsRefusedWithAReason()
    {
        using var others = new CertificateSet();
        await using var custom = Create(new RedisTlsOptions { Authorities = [others.Authority], ClientCertificate = _certificates.Client });
        await using var system = Create(new RedisTlsOptions { ClientCertificate = _certificates.Client });

        foreach (var client in new[] { custom, system })
        {
            var fault = await Fault(Set(client, "key", "value"));
            Assert.Contains(NotExecuted, fault.Message, StringComparison.Ordinal);
            Assert.Contains("certificate", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Execute_ClientCertificateOfAnIntermediateAuthority_NeedsThatOnesToo()
    {
        using var issuer = Issue("CN=between", _certificates.Authority, isAuthority: true);
        using var certificate = Issue("CN=client of it", issuer, isAuthority: false);
        var tls = new RedisTlsOptions { Authorities = [_certificates.Authority], ClientCertificate = certificate };
        await using var whole = Create(tls with { ClientIssuers = [issuer] });
        await using var leaf = Create(tls);

        await Set(whole, "key", "value");

        await Fault(Get(leaf, "key"));
    }

    [Fact]
    public async Task Execute_NoClientCertificate_IsRefused()
    {
        await using var client = Create(new RedisTlsOptions { Authorities = [_certificates.Authority] });

        var fault = await Fault(Get(client, "key"));

        Assert.Contains($"localhost:{_server.TlsPort}", fault.Message, StringComparison.Ordinal);
    }

    private static X509Certificate2 Issue(string name, X509Certificate2 authority, bool isAuthority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        using var certificate = request.Create(authority, authority.NotBefore.AddHours(1), authority.NotAfter.AddHours(-2), RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }

    private RedisClient Create(RedisTlsOptions tls) => RedisClient.Create(Settings(new Endpoint("localhost", _server.TlsPort!.Value)) with { Tls = tls });
}
