using System.Net.Sockets;
using System.Text;
using Azure.Core.Pipeline;
using Serverless.Backends.DurableFunctions;
using Serverless.Backends.Faults;
using Serverless.Backends.WebServices;
using Serverless.Components.Clients.AzureDurableFunctions;
using Serverless.Components.Registry;
using Serverless.Components.Workflows.Instances;
using Serverless.Tests.Clients.AzureRest;

namespace Serverless.Tests.Components.Workflows.DurableFunctions;

/// <summary>What goes wrong between the component and the app.</summary>
public sealed class DurableFunctionsFaultTests : IAsyncLifetime
{
    private const string Unknown = "; whether it was executed is unknown";
    private DurableFunctionsRig _rig = null!;

    private static CancellationToken Cancel => DurableFunctionsRig.Cancel;

    public async ValueTask InitializeAsync() => _rig = await DurableFunctionsRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("wrong-c0de")]
    public async Task WrongKey_IsToldWithoutTheKey(string code)
    {
        var fault = await FaultAsync(async () => await _rig.Create(("code", code)).GetAsync("a", Cancel));

        Assert.Equal("Durable Functions get: the service answered 401", fault);
    }

    [Fact]
    public async Task Token_IsAskedForTheAudience_AndSentBesideTheKey()
    {
        _rig.Server.Tokens = () => ["entra"];
        using var transport = new HttpClientTransport(_rig.Server.CreateHandler());
        var credential = new AskedCredential("entra");
        using var client = new DurableFunctionsClient(new DurableFunctionsOptions
        {
            BaseAddress = new Uri(_rig.Server.SecureAddress),
            Code = DurableFunctionsServer.Code,
            Credential = credential,
            Scope = "api://app/.default",
            Transport = transport,
        });

        Assert.Equal(DurableOutcome.Done, await client.StartAsync("Echo", "t1", null, Cancel));
        Assert.Equal(["api://app/.default"], credential.Scopes);
    }

    [Fact]
    public async Task Busy_IsRepeated_AndNothingIsDoneTwice()
    {
        var engine = _rig.Create();
        _rig.Server.Faults.Inject(HttpFault.Answer(503).With("Retry-After", "0"), times: 2);
        await engine.StartAsync(new WorkflowStart("w1", "Wait", "1"), Cancel);
        _rig.Server.Faults.Inject(HttpFault.TooManyRequests(0), "POST");
        await engine.RaiseEventAsync("w1", "other", "1", Cancel);

        Assert.Single(_rig.Server.Find("w1")!.History, happened => (string?)happened["EventType"] == "EventRaised");
    }

    [Fact]
    public async Task AnswerLost_IsNeverSentAgain()
    {
        var engine = _rig.Create();
        _rig.Server.Faults.Inject(HttpFault.ResetAfterCommit, "POST");
        var start = await FaultAsync(async () => await engine.StartAsync(new WorkflowStart("w1", "Wait", "1"), Cancel));
        _rig.Server.Faults.Inject(HttpFault.ResetAfterCommit, "POST");
        var raise = await FaultAsync(async () => await engine.RaiseEventAsync("w1", "other", "1", Cancel));
        _rig.Server.Faults.Inject(HttpFault.Answer(500), "POST");
        var terminate = await FaultAsync(async () => await engine.ControlAsync("w1", WorkflowControl.Terminate, Cancel));

        Assert.EndsWith(Unknown, start, StringComparison.Ordinal);
        Assert.EndsWith(Unknown, raise, StringComparison.Ordinal);
        Assert.Equal("Durable Functions terminate: the service answered 500: Injected by the test." + Unknown, terminate);
        Assert.Equal(3, _rig.Server.Requests.Count(request => request.Method == "POST"));
        Assert.Single(_rig.Server.Find("w1")!.History, happened => (string?)happened["EventType"] == "EventRaised");
    }

    [Fact]
    public async Task Reading_IsTriedAgain()
    {
        var engine = _rig.Create();
        await engine.StartAsync(new WorkflowStart("e1", "Echo", "1"), Cancel);
        _rig.Server.Faults.Inject(HttpFault.Reset, "GET");
        _rig.Server.Faults.Inject(HttpFault.Answer(502), "GET");

        Assert.NotNull(await engine.GetAsync("e1", Cancel));
    }

    [Fact]
    public async Task Silence_EndsWithTheTimeout()
    {
        var engine = _rig.Create(("timeout", "300ms"));
        _rig.Server.Faults.Inject(HttpFault.Stall);
        var get = await FaultAsync(async () => await engine.GetAsync("a", Cancel));
        _rig.Server.Faults.Inject(HttpFault.Stall, "POST");
        var raise = await FaultAsync(async () => await engine.RaiseEventAsync("a", "e", "1", Cancel));

        Assert.EndsWith(": no answer within 0.3 s", get, StringComparison.Ordinal);
        Assert.EndsWith(": no answer within 0.3 s" + Unknown, raise, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyThere_IsTold_AndTheFateIsKnown()
    {
        var engine = _rig.Create(("baseUrl", $"http://127.0.0.1:{Serverless.Backends.Processes.FreePort.Next()}"));

        var fault = await FaultAsync(async () => await engine.RaiseEventAsync("a", "e", "1", Cancel));

        Assert.Contains("Connection refused", fault, StringComparison.Ordinal);
        Assert.DoesNotContain(Unknown, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("200 OK", "text/html", "<html>sign in</html>", "Durable Functions get: the service answered 200: its content can't be read (it is no JSON)")]
    [InlineData("404 Not Found", "text/html; charset=utf-8", "<html>no such site</html>", "Durable Functions get: the service answered 404")]
    [InlineData("302 Found", "text/html", "<html>elsewhere</html>", "Durable Functions get: the service answered 302")]
    [InlineData("200 OK", "application/json", "[]", "Durable Functions get: the service answered 200: its content can't be read (it is no orchestration)")]
    [InlineData("200 OK", "application/json", "null", "Durable Functions get: the service answered 200: its content can't be read (it is no orchestration)")]
    [InlineData("200 OK", "application/json", "{\"instanceId\":\"a\"}", "Durable Functions get: the service answered 200: its content can't be read (it has no runtimeStatus)")]
    [InlineData("202 Accepted", "application/json", "", "Durable Functions get: the service answered 202: its content can't be read (it is no JSON)")]
    [InlineData("200 OK", "application/json", "{\"instanceId\":\"a\",\"runtimeStatus\":\"Running\",\"createdTime\":\"yesterday\"}", "Durable Functions get: the service answered 200: its content can't be read (it has no createdTime)")]
    [InlineData("200 OK", "application/json", "{\"instanceId\":\"a\xFF", "Durable Functions get: the service answered 200: its content can't be read (it is no JSON)")]
    [InlineData("200 OK", "application/json", "{\"instanceId\":\"a\",\"name\":\"\\ud800\"}", "Durable Functions get: the service answered 200: its content can't be read (it is no JSON)")]
    public async Task Get_StrangeAnswer_IsTold(string status, string type, string body, string expected)
    {
        await using var server = Raw($"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nLocation: https://elsewhere.example/\r\nConnection: close\r\n\r\n{body}");

        Assert.Equal(expected, await FaultAsync(async () => await Engine(server).GetAsync("a", Cancel)));
    }

    [Fact]
    public async Task Get_FailureThatIsNoText_ShowsItAsItCame()
    {
        const string body = "{\"instanceId\":\"a\",\"runtimeStatus\":\"Failed\",\"createdTime\":\"2026-01-01T00:00:00Z\",\"lastUpdatedTime\":\"2026-01-01T00:00:00Z\",\"output\":\"x\\ud800\"}";
        await using var server = Raw($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");

        Assert.Equal("\"x\\ud800\"", (await Engine(server).GetAsync("a", Cancel))?.Failure?.ErrorMessage);
    }

    [Theory]
    [InlineData("200 OK", "<html>sign in</html>", "Durable Functions raise event: the service answered 200")]
    [InlineData("204 No Content", "", "Durable Functions raise event: the service answered 204")]
    [InlineData("418 Teapot", "{\"Message\":\"I am\\r\\na teapot\"}", "Durable Functions raise event: the service answered 418: I am")]
    [InlineData("400 Bad Request", "{\"Message\":[]}", "Durable Functions raise event: the service answered 400")]
    public async Task Raise_StrangeAnswer_IsNoSuccess(string status, string body, string expected)
    {
        await using var server = Raw($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");

        Assert.Equal(expected, await FaultAsync(async () => await Engine(server).RaiseEventAsync("a", "e", "1", Cancel)));
    }

    [Fact]
    public async Task Start_ThatConfirmsAnotherId_IsInDoubt()
    {
        await using var server = new RawServer((head, stream, token) => SayAsync(
            stream,
            head.StartsWith("GET", StringComparison.Ordinal)
                ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                : "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{\"id\":\"b1\"}",
            token));

        var fault = await FaultAsync(async () => await Engine(server).StartAsync(new WorkflowStart("a1", "Echo", "1"), Cancel));

        Assert.Equal("Durable Functions start: the service answered 202: its content can't be read (it confirms another id)" + Unknown, fault);
    }

    [Fact]
    public async Task CutOffAnswer_IsNotTakenForTheWhole()
    {
        await using var server = Raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"instanceId\":\"a\"");

        Assert.Contains("ended prematurely", await FaultAsync(async () => await Engine(server).GetAsync("a", Cancel)), StringComparison.Ordinal);
        Assert.Equal(4, server.Accepted);
    }

    [Fact]
    public async Task EndlessAnswer_IsLeftOff()
    {
        var piece = new byte[1 << 20];
        await using var server = new RawServer(async (_, stream, token) =>
        {
            await SayAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n", token);
            while (true)
            {
                await stream.WriteAsync(piece, token);
            }
        });

        var fault = await FaultAsync(async () => await Engine(server).GetAsync("a", Cancel));

        Assert.EndsWith("the answer (200) is longer than 104857600 bytes", fault, StringComparison.Ordinal);
        Assert.Equal(1, server.Accepted);
    }

    [Theory]
    [InlineData("baseUrl", "", "metadata 'baseUrl': expected a value")]
    [InlineData("baseUrl", "ftp://app/", "metadata 'baseUrl': expected an http or https address")]
    [InlineData("baseUrl", "http://app.example/", "metadata 'baseUrl': expected an https address")]
    [InlineData("baseUrl", "https://app.example/runtime/webhooks/durabletask?code=s3cret", "metadata 'baseUrl': expected an address without a query")]
    [InlineData("timeout", "0", "metadata 'timeout': expected a duration")]
    [InlineData("audience", "api://app", "metadata 'baseUrl': expected an https address, since tokens of Microsoft Entra go nowhere else")]
    public void Metadata_Unusable_IsTold(string name, string value, string expected)
    {
        var fault = Assert.Throws<ComponentException>(() => _rig.Create((name, value))).Message;

        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BaseUrl_WithoutAPath_GetsTheUsualOne()
    {
        var engine = _rig.Create(("baseUrl", $"http://127.0.0.1:{_rig.Server.HttpPort}"));

        Assert.Equal(WorkflowOutcome.Done, await engine.StartAsync(new WorkflowStart("e1", "Echo", "1"), Cancel));
    }

    private static RawServer Raw(string answer) => new((_, stream, token) => SayAsync(stream, answer, token));

    private IWorkflowEngine Engine(RawServer server) => _rig.Create(("baseUrl", $"http://127.0.0.1:{server.Port}/api"));

    private static async Task SayAsync(NetworkStream stream, string answer, CancellationToken cancellationToken) =>
        await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), cancellationToken);

    private static async Task<string> FaultAsync(Func<Task> call)
    {
        var fault = (await Assert.ThrowsAsync<WorkflowEngineException>(call)).Message;
        Assert.DoesNotContain("code=", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("c0de", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("stay secret", fault, StringComparison.Ordinal);
        return fault;
    }
}
