using Azure.Core;
using Serverless.Backends.Azurite;
using Serverless.Components.Clients.AzureStorage;

namespace Serverless.Tests.Clients.AzureStorage;

public sealed class StorageConnectionStringTests
{
    private const string Key = "a2V5a2V5a2V5aw==";

    [Theory]
    [InlineData("Blob", "https://acct.blob.core.windows.net/")]
    [InlineData("Queue", "https://acct.queue.core.windows.net/")]
    [InlineData("Table", "https://acct.table.core.windows.net/")]
    public void AccountOf_NameAndKey_BuildsTheEndpoint(string service, string endpoint)
    {
        var account = Read($"DefaultEndpointsProtocol=https;AccountName=acct;AccountKey={Key};EndpointSuffix=core.windows.net", service);

        Assert.Equal(("acct", endpoint), (account.Name, account.Endpoint.AbsoluteUri));
    }

    [Theory]
    [InlineData("AccountName=acct;AccountKey=a2V5;EndpointSuffix=core.chinacloudapi.cn", "https://acct.queue.core.chinacloudapi.cn/")]
    [InlineData("accountname=acct;ACCOUNTKEY=a2V5;defaultendpointsprotocol=http", "http://acct.queue.core.windows.net/")]
    [InlineData(" AccountName = acct ; AccountKey = a2V5 ;; ", "https://acct.queue.core.windows.net/")]
    [InlineData("AccountName=acct;AccountKey=a2V5;QueueEndpoint=https://other.example/acct/;EndpointSuffix=core.windows.net", "https://other.example/acct")]
    [InlineData("AccountName=acct;AccountKey=a2V5;QueueEndpoint=http://127.0.0.1:1;BlobEndpoint=http://127.0.0.1:2", "http://127.0.0.1:1/acct")]
    [InlineData("AccountName=acct;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:2", "https://acct.queue.core.windows.net/")]
    [InlineData("AccountName=acct;AccountKey=a2V5;QueueEndpoint=https://acct.queue.core.windows.net;QueueSecondaryEndpoint=https://acct-secondary.queue.core.windows.net", "https://acct.queue.core.windows.net/")]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10001/devstoreaccount1")]
    [InlineData("UseDevelopmentStorage=TRUE;DevelopmentStorageProxyUri=http://emulator/", "http://emulator:10001/devstoreaccount1")]
    [InlineData("UseDevelopmentStorage=true;QueueEndpoint=http://127.0.0.1:7/devstoreaccount1", "http://127.0.0.1:7/devstoreaccount1")]
    [InlineData("QueueEndpoint=https://acct.queue.core.windows.net/;SharedAccessSignature=?sv=1&sig=a%3D", "https://acct.queue.core.windows.net/")]
    public void AccountOf_EachForm_FindsTheQueueEndpoint(string text, string endpoint) => Assert.Equal(endpoint, Read(text).Endpoint.AbsoluteUri);

    [Theory]
    [InlineData("Blob", 10000)]
    [InlineData("Queue", 10001)]
    [InlineData("Table", 10002)]
    public void AccountOf_DevelopmentStorage_IsTheEmulators(string service, int port)
    {
        var account = Read("UseDevelopmentStorage=true", service);

        Assert.Equal((AzuriteSettings.DefaultAccount, $"http://127.0.0.1:{port}/devstoreaccount1"), (account.Name, account.Endpoint.AbsoluteUri));
    }

    [Theory]
    [InlineData("QueueEndpoint=https://acct.queue.core.windows.net;SharedAccessSignature=sv=1&sig=a", "acct")]
    [InlineData("QueueEndpoint=http://127.0.0.1:1/acct;SharedAccessSignature=sv=1&sig=a", "acct")]
    public void AccountOf_SignatureAlone_TakesTheNameFromTheEndpoint(string text, string name) => Assert.Equal(name, Read(text).Name);

    [Fact]
    public async Task AccountOf_Key_SignsWithIt()
    {
        var account = Read("UseDevelopmentStorage=true", "Table");

        var request = Assert.Single(await SentRequest.SendAsync(account.Credential!.CreatePolicy(StorageService.Table, new FixedTime()), RequestMethod.Get, "/devstoreaccount1/Tables"));

        Assert.Equal("SharedKeyLite devstoreaccount1:WGRvxByQwCznl06S7kopf5idKFGZq/VPEGgmLkRFYmo=", request.Headers["Authorization"]);
    }

    [Fact]
    public async Task AccountOf_Signature_AppendsIt()
    {
        var account = Read("QueueEndpoint=http://127.0.0.1:1/acct;SharedAccessSignature=?sv=1&sig=a%2Bb==");

        var request = Assert.Single(await SentRequest.SendAsync(account.Credential!.CreatePolicy(StorageService.Queue, TimeProvider.System), RequestMethod.Get, "/acct/q"));

        Assert.Equal("/acct/q?sv=1&sig=a%2Bb==", request.Target);
    }

    [Theory]
    [InlineData("")]
    [InlineData("c2VjcmV0")]
    [InlineData("AccountName=acct")]
    [InlineData("AccountName=acct;AccountKey=")]
    [InlineData("AccountKey=c2VjcmV0")]
    [InlineData("AccountName=acct;AccountKey=!c2VjcmV0!")]
    [InlineData("AccountName=acct;AccountName=acct;AccountKey=c2VjcmV0")]
    [InlineData("AccountName=acct;AccountKey=c2VjcmV0;=c2VjcmV0")]
    [InlineData("AccountName=acct;AccountKey=c2VjcmV0;QueueEndpoint=ftp://c2VjcmV0")]
    [InlineData("AccountName=a/c2VjcmV0;AccountKey=c2VjcmV0")]
    [InlineData("AccountName=acct;AccountKey=c2VjcmV0;DefaultEndpointsProtocol=c2VjcmV0:")]
    [InlineData("AccountName=acct;AccountKey=c2VjcmV0;DefaultEndpointsProtocol=ftp")]
    [InlineData("AccountName=acct;SharedAccessSignature=c2VjcmV0")]
    [InlineData("QueueEndpoint=https://localhost/;SharedAccessSignature=sig=c2VjcmV0")]
    public void AccountOf_SomethingMissing_IsRefusedWithoutQuotingIt(string text)
    {
        var fault = Assert.Throws<FormatException>(() => Read(text));

        Assert.DoesNotContain("c2VjcmV0", fault.ToString(), StringComparison.Ordinal);
        Assert.NotEqual("", fault.Message);
    }

    [Theory]
    [InlineData("Queue", "QueueEndpoint")]
    [InlineData("CosmosTable", "TableEndpoint")]
    public void AccountOf_NoEndpoint_NamesTheItem(string service, string item) =>
        Assert.EndsWith($"nor {item}", Assert.Throws<FormatException>(() => Read("AccountKey=a2V5", service)).Message, StringComparison.Ordinal);

    private static StorageAccount Read(string text, string service = "Queue") => StorageConnectionString.Parse(text).AccountOf(Enum.Parse<StorageService>(service));

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    }
}
