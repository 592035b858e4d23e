using System.Net;
using System.Xml.Linq;
using Serverless.Backends.Faults;
using Serverless.Backends.ServiceBus;
using Serverless.Backends.TokenServers;

namespace Serverless.IntegrationTests.Backends;

/// <summary>Who may use the namespace, for how much, and how it fails.</summary>
public sealed class ServiceBusAccessTests
{
    private static readonly SharedAccessPolicy Root = new("RootManageSharedAccessKey", "secretKey==");
    private static readonly SharedAccessPolicy Listener = new("listener", "other", CanSend: false);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Signature_OfTheSpecification_IsTheSame() => Assert.Equal(
        "SharedAccessSignature sr=https%3A%2F%2Fns1.servicebus.windows.net%2Fq1&sig=3g%2Bsgmb24cqLcCaFm8Vqx6%2B%2Bkba2u3zFDLf5Q2wcTB8%3D&se=1900000000&skn=RootManageSharedAccessKey",
        SharedAccessSignature.Create("https://ns1.servicebus.windows.net/q1", Root, DateTimeOffset.FromUnixTimeSeconds(1_900_000_000)));

    [Theory]
    [InlineData("https://localhost/", 3600, 201, 204)]
    [InlineData("http://localhost/q1", 3600, 201, 204)]
    [InlineData("sb://localhost/Q1/", 3600, 201, 204)]
    [InlineData("localhost/q1/messages", 3600, 201, 204)]
    [InlineData("https://localhost/q", 3600, 401, 401)]
    [InlineData("https://localhost/q2", 3600, 401, 401)]
    [InlineData("https://other.servicebus.windows.net/", 3600, 401, 401)]
    [InlineData("https://localhost/", -1, 401, 401)]
    public async Task Signature_OfAResource_CoversWhatIsBelow(string resource, int lifetimeSeconds, int sent, int received)
    {
        await using var server = await StartAsync();
        var token = SharedAccessSignature.Create(resource, Root, TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(lifetimeSeconds));
        Assert.Equal(sent, await SendAsync(server, "q1/messages", token));
        using var bus = new ServiceBusRequests(server);
        await bus.SendAsync(bus.Request(HttpMethod.Delete, "q1/messages/head?timeout=0"));
        Assert.Equal(received, await SendAsync(server, "q1/messages/head?timeout=0", token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SharedAccessSignature sr=x")]
    [InlineData("Basic eDp5")]
    [InlineData("Bearer x.y.z")]
    public async Task Token_NoneOfOurs_IsUnauthorized(string token)
    {
        await using var server = await StartAsync();
        Assert.Equal(401, await SendAsync(server, "q1/messages", token));
        Assert.Equal(0, server.Count("q1").Active);
    }

    [Fact]
    public async Task Signature_WrongKeyOrClaim_IsUnauthorized()
    {
        await using var server = await StartAsync();
        var until = TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1);
        Assert.Equal(401, await SendAsync(server, "q1/messages", SharedAccessSignature.Create("https://localhost/", Root with { Key = "x" }, until)));
        Assert.Equal(401, await SendAsync(server, "q1/messages", SharedAccessSignature.Create("https://localhost/", Root with { Name = "x" }, until)));
        Assert.Equal(401, await SendAsync(server, "q1/messages", SharedAccessSignature.Create("https://localhost/", Listener, until)));
        Assert.Equal(204, await SendAsync(server, "q1/messages/head?timeout=0", SharedAccessSignature.Create("https://localhost/", Listener, until)));
    }

    [Theory]
    [InlineData("https://servicebus.azure.net", 201)]
    [InlineData("https://storage.azure.com", 401)]
    public async Task Bearer_OfTheTokenServer_MustBeForServiceBus(string resource, int status)
    {
        await using var tokens = await TokenServer.StartAsync();
        await using var server = await ServiceBusServer.StartAsync(new ServiceBusSettings { Queues = [new QueueSettings("q1")], Tokens = tokens });
        using var http = new HttpClient(tokens.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{tokens.IdentityEndpoint}?api-version=2019-08-01&resource={resource}");
        request.Headers.Add("X-IDENTITY-HEADER", tokens.IdentityHeader);
        using var answer = await http.SendAsync(request, Token);
        answer.EnsureSuccessStatusCode();
        Assert.Equal(status, await SendAsync(server, "q1/messages", $"Bearer {tokens.IssuedTokens[0]}"));
    }

    [Fact]
    public async Task Size_AboveTheLimit_IsRefusedWhole()
    {
        await using var server = await StartAsync();
        using var bus = new ServiceBusRequests(server);
        Assert.Equal(201, (await bus.PostAsync("q1/messages", new string('x', 256 * 1024))).Status);
        Assert.Equal(403, (await bus.PostAsync("q1/messages", new string('x', (256 * 1024) + 1))).Status);
        var half = new string('x', 150 * 1024);
        Assert.Equal(403, (await bus.PostAsync("q1/messages", $$"""[{"Body":"{{half}}"},{"Body":"{{half}}"}]""", "application/vnd.microsoft.servicebus.json")).Status);
        Assert.Equal(1, server.Count("q1").Active);
    }

    [Theory]
    [InlineData(410)]
    [InlineData(404)]
    public async Task Entity_Unknown_IsGoneOrNotFound(int status)
    {
        await using var server = await ServiceBusServer.StartAsync(new ServiceBusSettings { UnknownEntityStatus = status });
        using var bus = new ServiceBusRequests(server);
        var (sent, body) = await bus.PostAsync("none/messages", "a");
        Assert.Equal(status, sent);
        Assert.Equal($"{status}", (string?)XElement.Parse(body).Element("Code"));
        using var taken = await bus.TakeAsync("none");
        Assert.Equal(status, (int)taken.StatusCode);
    }

    [Fact]
    public async Task Fault_Answers_ComeWithTheirHeaders()
    {
        await using var server = await StartAsync();
        using var bus = new ServiceBusRequests(server);
        await bus.PostAsync("q1/messages", "a");
        server.Faults.Inject(HttpFault.TooManyRequests(retryAfter: 7), "POST", "/q1/messages/head");
        server.Faults.Inject(HttpFault.Answer(503).With("x-ms-retrypolicy", "NoRetry"), "POST", "/q1/messages/head");
        using var throttled = await bus.TakeAsync("q1");
        using var unavailable = await bus.TakeAsync("q1");
        using var taken = await bus.TakeAsync("q1");
        Assert.Equal((429, 7), ((int)throttled.StatusCode, throttled.Headers.RetryAfter!.Delta!.Value.TotalSeconds));
        Assert.Equal((503, "NoRetry"), ((int)unavailable.StatusCode, Assert.Single(unavailable.Headers.GetValues("x-ms-retrypolicy"))));
        Assert.Equal("503", (string?)XElement.Parse(await unavailable.Content.ReadAsStringAsync(Token)).Element("Code"));
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        Assert.Equal([201, 429, 503, 201], server.Requests.Select(request => request.Status));
    }

    [Fact]
    public async Task Fault_Resets_HappenBeforeOrAfterTheCommit()
    {
        await using var server = await StartAsync();
        using var bus = new ServiceBusRequests(server);
        server.Faults.Inject(HttpFault.Reset, "POST");
        await Assert.ThrowsAsync<HttpRequestException>(() => bus.PostAsync("q1/messages", "a"));
        Assert.Equal(0, server.Count("q1").Active);
        server.Faults.Inject(HttpFault.ResetAfterCommit, "POST");
        await Assert.ThrowsAsync<HttpRequestException>(() => bus.PostAsync("q1/messages", "a"));
        Assert.Equal(1, server.Count("q1").Active);
        server.Faults.Inject(HttpFault.ResetAfterCommit, "DELETE", "/q1/messages/head");
        await Assert.ThrowsAsync<HttpRequestException>(() => bus.TakeAsync("q1", HttpMethod.Delete));
        Assert.Equal(0, server.Count("q1").Active);
        Assert.All(server.Requests, request => Assert.Null(request.Status));
    }

    [Fact]
    public async Task Dispose_WhileReceiversWait_EndsThem()
    {
        var server = await StartAsync();
        using var bus = new ServiceBusRequests(server);
        server.Faults.Inject(HttpFault.Stall, "DELETE");
        var stalled = bus.TakeAsync("q1", HttpMethod.Delete, timeout: 60);
        var waiting = bus.TakeAsync("q1", timeout: 60);
        await server.Faults.Stalled.WaitAsync(TimeSpan.FromSeconds(30), Token);
        await server.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => stalled.WaitAsync(TimeSpan.FromSeconds(30), Token));
        await Assert.ThrowsAsync<HttpRequestException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30), Token));
    }

    private static Task<ServiceBusServer> StartAsync() =>
        ServiceBusServer.StartAsync(new ServiceBusSettings { Queues = [new QueueSettings("q1"), new QueueSettings("q2")], Policies = [Root, Listener] });

    private static async Task<int> SendAsync(ServiceBusServer server, string path, string token)
    {
        using var bus = new ServiceBusRequests(server);
        using var request = bus.Request(HttpMethod.Post, path, "x", token: token);
        return (await bus.SendAsync(request)).Status;
    }
}
