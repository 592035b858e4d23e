using System.Net;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Backends.Azurite;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage;

namespace Serverless.Tests.Clients.AzureRest;

/// <summary>What an operation allocates beside its connection.</summary>
public sealed class AzureRestCostTests : AzureRestClientTest
{
    private const int Operations = 1000;
    private static readonly Uri Address = new("http://127.0.0.1:10002/devstoreaccount1/Tab(PartitionKey='p',RowKey='r')");

    [Theory]
    [InlineData("nothing", "Table", 4_000)]
    [InlineData("key", "Table", 5_000)]
    [InlineData("key", "Queue", 8_000)]
    [InlineData("sas", "Table", 5_000)]
    public async Task Send_ManyOperations_AllocateLittle(string credential, string service, int mostBytes)
    {
        // All of it runs on this thread: the answer is there at once.
        using var handler = new ReadyHandler();
        using var transport = new HttpClientTransport(new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan });
        var proof = credential switch
        {
            "key" => StorageCredential.SharedKey(AzuriteSettings.DefaultAccount, AzuriteSettings.DefaultKey),
            "sas" => StorageCredential.Sas("sv=2021-12-02&sig=abc"),
            _ => null,
        };
        using var client = new AzureRestClient(Options with { Transport = transport, Authentication = proof?.CreatePolicy(Enum.Parse<StorageService>(service), TimeProvider.System) });
        await SendAllAsync(client);
        var before = GC.GetAllocatedBytesForCurrentThread();

        await SendAllAsync(client);

        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / Operations;
        TestContext.Current.SendDiagnosticMessage($"{credential}, {service}: {bytes} bytes per operation");
        Assert.InRange(bytes, 1, mostBytes);
    }

    private static async Task SendAllAsync(AzureRestClient client)
    {
        for (var i = 0; i < Operations; i++)
        {
            await SendAsync(client, Address, RequestMethod.Put, RepeatRule.IfNotExecuted);
        }
    }

    private sealed class ReadyHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.NoContent));
    }
}
