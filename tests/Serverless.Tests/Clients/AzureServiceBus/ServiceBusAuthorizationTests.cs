using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureServiceBus;
using Serverless.Tests.Clients.AzureRest;

namespace Serverless.Tests.Clients.AzureServiceBus;

public sealed class ServiceBusAuthorizationTests
{
    private const string Key = "c2VjcmV0LWtleQ==";
    private static readonly ServiceBusEntity Queue = ServiceBusEntity.Queue("q1");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Create_KnownVector_HasTheKnownSignature() => Assert.Equal(
        "SharedAccessSignature sr=https%3A%2F%2Fns1.servicebus.windows.net%2Fq1&sig=3g%2Bsgmb24cqLcCaFm8Vqx6%2B%2Bkba2u3zFDLf5Q2wcTB8%3D&se=1900000000&skn=RootManageSharedAccessKey",
        SharedAccessPolicy.Create("https://ns1.servicebus.windows.net/q1", "RootManageSharedAccessKey", "secretKey==", DateTimeOffset.FromUnixTimeSeconds(1900000000)));

    [Fact]
    public async Task SharedKey_Token_ServesUntilShortlyBeforeItsEnd()
    {
        var time = new ManualTimeProvider();
        await using var service = new ScriptedService(ScriptedService.Answer(204));
        using var bus = Client(service, $"SharedAccessKeyName=all;SharedAccessKey={Key}", time);

        await bus.ReceiveAsync(Queue, TimeSpan.Zero, Cancelled);
        time.Advance(TimeSpan.FromMinutes(49));
        await bus.ReceiveAsync(Queue, TimeSpan.Zero, Cancelled);
        time.Advance(TimeSpan.FromMinutes(1));
        await bus.ReceiveAsync(Queue, TimeSpan.Zero, Cancelled);

        var tokens = service.Requests.Select(request => request.Headers["Authorization"]).ToList();
        var start = new ManualTimeProvider().GetUtcNow();
        Assert.Equal(tokens[0], tokens[1]);
        Assert.Equal(SharedAccessPolicy.Create($"http://127.0.0.1:{service.Port}", "all", Key, start.AddMinutes(60)), tokens[0]);
        Assert.Equal(SharedAccessPolicy.Create($"http://127.0.0.1:{service.Port}", "all", Key, start.AddMinutes(110)), tokens[2]);
    }

    [Fact]
    public async Task SharedKey_ConnectionStringOfAnEntity_IsForTheEntity()
    {
        var time = new ManualTimeProvider();
        await using var service = new ScriptedService(ScriptedService.Answer(204));
        using var bus = Client(service, $"SharedAccessKeyName=one;SharedAccessKey={Key};EntityPath=q1", time);

        await bus.ReceiveAsync(Queue, TimeSpan.Zero, Cancelled);

        var token = Assert.Single(service.Requests).Headers["Authorization"];
        Assert.Equal(SharedAccessPolicy.Create($"http://127.0.0.1:{service.Port}/q1", "one", Key, time.GetUtcNow().AddHours(1)), token);
    }

    [Fact]
    public async Task Signature_Ready_IsSentAsItIs()
    {
        const string signature = "SharedAccessSignature sr=https%3a%2f%2fns&sig=abc%3d&se=1900000000&skn=all";
        await using var service = new ScriptedService(ScriptedService.Answer(204));
        using var bus = Client(service, $"SharedAccessSignature={signature}", TimeProvider.System);

        await bus.ReceiveAsync(Queue, TimeSpan.Zero, Cancelled);

        Assert.Equal(signature, Assert.Single(service.Requests).Headers["Authorization"]);
    }

    [Fact]
    public async Task Failure_Any_TellsNoSecret()
    {
        await using var service = new ScriptedService(ScriptedService.Close, ScriptedService.Answer(401, "<Error><Code>401</Code><Detail>InvalidSignature: no.</Detail></Error>"));
        var target = ServiceBusNamespace.Parse($"Endpoint=http://127.0.0.1:{service.Port};SharedAccessKeyName=all;SharedAccessKey={Key}");
        using var bus = new ServiceBusClient(target, TimeProvider.System);

        var lost = await Assert.ThrowsAsync<AzureConnectionException>(() => bus.ReceiveAsync(Queue, TimeSpan.Zero, Cancelled));
        var refused = await Assert.ThrowsAsync<AzureServiceException>(() => bus.ReceiveAsync(Queue, TimeSpan.Zero, Cancelled));

        Assert.Equal("Service Bus receive from q1: the service answered 401: InvalidSignature: no.", refused.Message);
        var signature = service.Requests.First().Headers["Authorization"].Split('&')[1];
        Assert.All([lost.ToString(), refused.ToString(), target.ToString()], text =>
        {
            Assert.DoesNotContain(signature, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Key, text, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("Endpoint=sb://ns1.servicebus.windows.net/", "https://ns1.servicebus.windows.net/", null)]
    [InlineData("endpoint=sb://ns1.servicebus.chinacloudapi.cn", "https://ns1.servicebus.chinacloudapi.cn/", null)]
    [InlineData("Endpoint=sb://localhost:7443/;EntityPath=a/b", "https://localhost:7443/", "a/b")]
    [InlineData("Endpoint=https://ns1.servicebus.windows.net:443/", "https://ns1.servicebus.windows.net/", null)]
    [InlineData("Endpoint=http://127.0.0.1:80/", "http://127.0.0.1/", null)]
    public void Parse_ConnectionString_GivesEndpointAndEntity(string text, string endpoint, string? entity)
    {
        var target = ServiceBusNamespace.Parse($"{text};SharedAccessKeyName=all;SharedAccessKey={Key}");

        Assert.Equal((endpoint, entity), (target.Endpoint.AbsoluteUri, target.EntityPath));
    }

    [Theory]
    [InlineData("", "the connection string has no Endpoint")]
    [InlineData("SharedAccessKeyName=all;SharedAccessKey=" + Key, "the connection string has no Endpoint")]
    [InlineData("Endpoint=ftp://x;SharedAccessKeyName=all;SharedAccessKey=" + Key, "the endpoint is no address of a namespace")]
    [InlineData("Endpoint=sb://user:" + Key + "@host;SharedAccessKeyName=all;SharedAccessKey=" + Key, "the endpoint is no address of a namespace")]
    [InlineData("Endpoint=sb://ns;SharedAccessKey=" + Key, "the connection string has neither SharedAccessKeyName with SharedAccessKey nor SharedAccessSignature")]
    [InlineData("Endpoint=sb://ns;SharedAccessSignature=" + Key, "the SharedAccessSignature does not have the form 'SharedAccessSignature sr=…&sig=…&se=…&skn=…'")]
    [InlineData("Endpoint=sb://localhost;UseDevelopmentEmulator=true;SharedAccessKeyName=all;SharedAccessKey=" + Key, "the connection string is of Microsoft's emulator, which does not speak Service Bus over HTTP")]
    [InlineData("Endpoint=sb://ns;=" + Key, "the connection string has a part without a name, or a name twice")]
    public void Parse_SomethingMissing_IsRefusedWithoutQuotingIt(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => ServiceBusNamespace.Parse(text)).Message);

    private static ServiceBusClient Client(ScriptedService service, string rest, TimeProvider time) =>
        new(ServiceBusNamespace.Parse($"Endpoint=http://127.0.0.1:{service.Port};{rest}"), time);
}
