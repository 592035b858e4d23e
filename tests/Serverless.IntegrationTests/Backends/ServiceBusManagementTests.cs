using System.Xml.Linq;
using Serverless.Backends.ServiceBus;

namespace Serverless.IntegrationTests.Backends;

/// <summary>The namespace's management by requests as the REST reference and recordings of the service have them.</summary>
public sealed class ServiceBusManagementTests
{
    private const string AtomType = "application/atom+xml";

    [Fact]
    public async Task Queue_Absent_IsAnEmptyFeed_UntilItIsMade()
    {
        await using var server = await ServiceBusServer.StartAsync(new ServiceBusSettings());
        using var bus = new ServiceBusRequests(server);

        Assert.Equal((200, "feed", 0), await DescribeAsync(bus));
        Assert.Equal(201, await MakeAsync(bus, "<LockDuration>PT30S</LockDuration><MaxDeliveryCount>3</MaxDeliveryCount>"));
        Assert.Equal((200, "entry", 1), await DescribeAsync(bus));
        Assert.Equal(409, await MakeAsync(bus, ""));
        Assert.Equal(201, (await bus.PostAsync("q1/messages", "text")).Status);
    }

    [Theory]
    [InlineData("<MaxDeliveryCount>3</MaxDeliveryCount><LockDuration>PT30S</LockDuration>")]
    [InlineData("<Unknown>1</Unknown>")]
    public async Task Queue_ElementsOutOfOrderOrUnknown_AreRefused(string elements)
    {
        await using var server = await ServiceBusServer.StartAsync(new ServiceBusSettings());
        using var bus = new ServiceBusRequests(server);

        Assert.Equal(400, await MakeAsync(bus, elements));
    }

    [Fact]
    public async Task Policy_WithoutManage_IsRefused()
    {
        await using var server = await ServiceBusServer.StartAsync(new ServiceBusSettings { Policies = [new("some", "key", CanManage: false)] });
        using var bus = new ServiceBusRequests(server);

        Assert.Equal(401, await MakeAsync(bus, ""));
        Assert.Equal(401, (await DescribeAsync(bus)).Status);
    }

    private static async Task<(int Status, string Root, int Queues)> DescribeAsync(ServiceBusRequests bus)
    {
        using var request = bus.Request(HttpMethod.Get, "q1?api-version=2021-05");
        var (status, body) = await bus.SendAsync(request);
        var root = XElement.Parse(body);
        return (status, root.Name.LocalName, root.Descendants().Count(element => element.Name.LocalName == "QueueDescription"));
    }

    private static async Task<int> MakeAsync(ServiceBusRequests bus, string elements)
    {
        var entry = $"""<entry xmlns="http://www.w3.org/2005/Atom"><content type="application/xml"><QueueDescription xmlns="http://schemas.microsoft.com/netservices/2010/10/servicebus/connect">{elements}</QueueDescription></content></entry>""";
        using var request = bus.Request(HttpMethod.Put, "q1?api-version=2021-05", entry, AtomType);
        return (await bus.SendAsync(request)).Status;
    }
}
