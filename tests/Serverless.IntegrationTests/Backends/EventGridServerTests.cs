using Azure;
using Azure.Core.Pipeline;
using Azure.Messaging;
using Azure.Messaging.EventGrid;
using Serverless.Backends.EventGrid;

namespace Serverless.IntegrationTests.Backends;

public sealed class EventGridServerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MicrosoftsClient_PassesAndIsRefusedWithAWrongKey(bool isCloudEvents)
    {
        await using var server = await EventGridServer.StartAsync(isCloudEvents);
        using var transport = new HttpClientTransport(server.CreateHandler());
        var options = new EventGridPublisherClientOptions { Transport = transport };
        var data = BinaryData.FromString("""{"a":1}""");
        Task SendAsync(string key)
        {
            var client = new EventGridPublisherClient(server.Topic, new AzureKeyCredential(key), options);
            return isCloudEvents
                ? client.SendEventsAsync([new CloudEvent("/s", "t", data, "application/json", CloudEventDataFormat.Json)], Cancelled)
                : client.SendEventsAsync([new EventGridEvent("s", "t", "1.0", data)], Cancelled);
        }

        await SendAsync(server.Key);

        Assert.Equal("""{"a":1}""", Assert.Single(server.Events)["data"]!.ToJsonString());
        Assert.Equal(401, (await Assert.ThrowsAsync<RequestFailedException>(() => SendAsync("wrong"))).Status);
    }
}
