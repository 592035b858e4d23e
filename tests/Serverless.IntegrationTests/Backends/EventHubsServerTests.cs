using System.Net.Http.Headers;
using System.Text;
using Serverless.Backends.EventHubs;
using Serverless.Backends.ServiceBus;

namespace Serverless.IntegrationTests.Backends;

/// <summary>The hub by requests as the REST reference of Event Hubs has them.</summary>
public sealed class EventHubsServerTests
{
    private const string DocumentedType = "application/atom+xml;type=entry;charset=utf-8";

    [Theory]
    [InlineData("hub/messages?timeout=60&api-version=2014-01", null, 201)]
    [InlineData("hub/messages?timeout=60&api-version=2014-01", """{"PartitionKey": "32119834-65f3-48c1-b366-619df2e4c400"}""", 201)]
    [InlineData("hub/partitions/0/messages?timeout=60&api-version=2014-01", null, 201)]
    [InlineData("hub/partitions/0/messages?timeout=60&api-version=2014-01", """{"PartitionKey": "k"}""", 400)]
    [InlineData("hub/partitions/4/messages?timeout=60&api-version=2014-01", null, 400)]
    [InlineData("hub/messages", null, 400)]
    [InlineData("other/messages?api-version=2014-01", null, 404)]
    public async Task Send_AsDocumented_IsTakenOrRefused(string path, string? properties, int status)
    {
        await using var server = await EventHubsServer.StartAsync("hub");

        Assert.Equal(status, await SendAsync(server, path, properties, Token(server, resource: "")));
        Assert.Equal(status == 201 ? 1 : 0, server.Events.Count);
    }

    [Fact]
    public async Task Send_WithoutAUsableToken_IsRefused()
    {
        await using var server = await EventHubsServer.StartAsync("hub");
        string[] tokens = ["", "Bearer x", Token(server, key: "wrong"), Token(server, minutes: -1), Token(server, resource: "elsewhere")];

        foreach (var token in tokens)
        {
            Assert.Equal(401, await SendAsync(server, "hub/messages?api-version=2014-01", null, token));
        }
    }

    private static string Token(EventHubsServer server, string? key = null, int minutes = 60, string resource = "hub") => SharedAccessSignature.Create(
        $"http://localhost:{server.HttpPort}/{resource}",
        new SharedAccessPolicy("send", key ?? server.ConnectionString.Split("SharedAccessKey=")[1]),
        TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(minutes));

    private static async Task<int> SendAsync(EventHubsServer server, string path, string? properties, string token)
    {
        using var http = new HttpClient(server.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://localhost:{server.HttpPort}/{path}"));
        request.Headers.TryAddWithoutValidation("Authorization", token);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes("""{ "DeviceId":"dev-01", "Temperature":"37.0" }"""));
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(DocumentedType);
        if (properties is not null)
        {
            request.Headers.Add("BrokerProperties", properties);
        }

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }
}
