using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Backends.Azurite;
using Serverless.Backends.Network;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Blobs;

namespace Serverless.Tests.Clients.AzureStorage.Blobs;

[Collection(BlobServerUsers.Name)]
public sealed class BlobCredentialTests(BlobServer server)
{
    private const string AccountSas = "sv=2021-12-02&ss=bqt&srt=sco&sp=rwdlacup&se=2030-01-01T00:00:00Z&sig=gpeah2khtzVEz5l8NIEfOCdqpAnLiD7Cvg1BDARbaNg%3D";
    private const string Expiry = "2030-01-01T00:00:00Z";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sas_OfTheAccount_DoesEverything()
    {
        using var client = server.Client(StorageCredential.Sas($"?{AccountSas}"));

        await UseAsync(client);
    }

    [Fact]
    public async Task Sas_OfTheContainer_DoesWhatItAllows()
    {
        using var owner = await server.ContainerAsync();
        var container = owner.Address.Segments[^1];
        using var client = server.Client(StorageCredential.Sas(ContainerSas(container, "rwl")), container);

        Assert.True((await client.PutAsync("a b/c", new BlobUpload("1"u8.ToArray()), Token)).IsDone);
        Assert.Equal(["a b/c"], (await client.ListAsync(new BlobQuery(), Token))!.Items.Select(item => item.Name));
        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await client.DeleteAsync("a b/c", BlobCondition.None, BlobSnapshots.Keep, Token));
        Assert.Equal(403, fault.Status);
        Assert.DoesNotContain("sig", fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Key_Wrong_IsRefusedWithoutBeingNamed(bool isKey)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
        using var client = server.Client(isKey
            ? StorageCredential.SharedKey(server.Server.Account, key)
            : StorageCredential.Sas($"sv=2021-12-02&ss=b&srt=sco&sp=rwdlacup&se={Expiry}&sig={Uri.EscapeDataString(key)}"));

        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await client.CreateContainerAsync(BlobAccess.None, Token));
        var head = await Assert.ThrowsAsync<AzureServiceException>(async () => await client.HeadAsync("k", BlobCondition.None, Token));

        Assert.Equal((403, 403), (fault.Status, head.Status));
        Assert.NotNull(head.Code);
        Assert.StartsWith("Blob Storage create container: the service answered 403 ", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, fault.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Uri.EscapeDataString(key), fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_WithTheAccountInTheHost_IsSignedRightly()
    {
        var port = server.Server.BlobPort;
        var endpoint = new Uri($"http://{server.Server.Account}.blob.localhost:{port}");
        using var transport = new HttpClientTransport(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using var client = new BlobContainerClient(server.Account with { Endpoint = endpoint }, server.NewContainer(), Options(transport));

        await UseAsync(client);
    }

    [Fact]
    public async Task Token_OverHttps_IsTaken()
    {
        using var certificates = new CertificateSet();
        await using var secure = await AzuriteServer.StartAsync(new AzuriteSettings { Certificates = certificates }, Token);
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificates.Server.GetCertHashString();
        using var transport = new HttpClientTransport(handler);
        var account = new StorageAccount(secure.Account, new Uri(secure.BlobEndpoint), StorageCredential.Token(new FixedCredential(AzuriteToken.Create())));
        using var client = new BlobContainerClient(account, "con", Options(transport));

        await UseAsync(client);
        using var stranger = new BlobContainerClient(
            account with { Credential = StorageCredential.Token(new FixedCredential(AzuriteToken.Create("https://vault.azure.net"))) }, "con", Options(transport));
        Assert.InRange((await Assert.ThrowsAsync<AzureServiceException>(async () => await stranger.ContainerExistsAsync(Token))).Status, 401, 403);
    }

    [Fact]
    public async Task Token_OverHttp_IsNotSent()
    {
        using var client = server.Client(StorageCredential.Token(new FixedCredential("secret")));

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(async () => await client.CreateContainerAsync(BlobAccess.None, Token));

        Assert.False(fault.IsFateUnknown);
        Assert.Contains("TLS", fault.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static AzureRestOptions Options(HttpPipelineTransport transport) => new() { Service = BlobContainerClient.ServiceName, Transport = transport };

    private static async Task UseAsync(BlobContainerClient client)
    {
        const string name = "a b/ü+%/&.txt";
        Assert.True(await client.CreateContainerAsync(BlobAccess.None, Token));
        Assert.True((await client.PutAsync(name, new BlobUpload("hello"u8.ToArray()) { Metadata = new Dictionary<string, string> { ["a"] = "1" } }, Token)).IsDone);
        Assert.Equal("hello", Encoding.UTF8.GetString((await client.GetAsync(name, BlobCondition.None, null, Token)).Content.Span));
        Assert.Equal(BlobOutcome.BlobMissing, (await client.HeadAsync("other", BlobCondition.None, Token)).Outcome);
        Assert.Equal([name], (await client.ListAsync(new BlobQuery { Prefix = "a b/", IncludesMetadata = true }, Token))!.Items.Select(item => item.Name));
        Assert.True((await client.AcquireLeaseAsync(name, Guid.NewGuid(), null, Token)).IsDone);
        Assert.True(await client.DeleteContainerAsync(Token));
    }

    // https://learn.microsoft.com/rest/api/storageservices/create-service-sas, for version 2020-12-06 and later.
    private string ContainerSas(string container, string permissions)
    {
        string[] fields = [permissions, "", Expiry, $"/blob/{server.Server.Account}/{container}", "", "", "", "2021-12-02", "c", "", "", "", "", "", "", ""];
        var signature = HMACSHA256.HashData(Convert.FromBase64String(server.Server.Key), Encoding.UTF8.GetBytes(string.Join('\n', fields)));
        return $"sv=2021-12-02&sr=c&sp={permissions}&se={Expiry}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}";
    }

    private sealed class FixedCredential(string token) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(token, TimeProvider.System.GetUtcNow().AddHours(1));

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
