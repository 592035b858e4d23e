using System.Diagnostics.Tracing;
using System.Net;
using System.Net.Sockets;
using Azure.Core;
using Azure.Core.Diagnostics;
using Azure.Core.Pipeline;
using Serverless.Backends.Processes;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage;

namespace Serverless.Tests.Clients.AzureRest;

/// <summary>Services that are not reached, do not answer, or refuse.</summary>
public sealed class AzureRestConnectionTests : AzureRestClientTest
{
    private const string Doubt = "whether it was executed is unknown";
    private static readonly string Ok = ScriptedService.Answer(200);

    [Fact]
    public async Task Send_NobodyListens_IsTriedAgainAndFailsWithoutDoubt()
    {
        var port = FreePort.Lasting();
        using var client = new AzureRestClient(Options with { Retries = 2 });

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(() => SendAsync(client, new Uri($"http://127.0.0.1:{port}/"), RequestMethod.Put, RepeatRule.IfNotExecuted, "v"));

        Assert.False(fault.IsFateUnknown);
        Assert.DoesNotContain(Doubt, fault.Message, StringComparison.Ordinal);
        Assert.StartsWith($"Test Storage try it at 127.0.0.1:{port}: Connection refused", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WriteWhoseFirstAttemptIsRefusedAConnection_IsExecutedByTheSecond()
    {
        var port = FreePort.Lasting();
        var attempts = new SecondAttempt();
        using var client = new AzureRestClient(Options with { Authentication = attempts, Retries = 1 });
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        await using var service = new ScriptedService(Ok);

        // The first attempt goes to a port that is bound but not listened on, the second to the service.
        attempts.Uri = service.Uri("/now");
        Assert.Equal(200, await SendAsync(client, new Uri($"http://127.0.0.1:{port}/"), RequestMethod.Post, RepeatRule.IfNotExecuted, "v"));
        Assert.Equal("v", Assert.Single(service.Requests).Body);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task Send_ConnectionGoneBeforeItWasUsed_IsTriedAgainOrTold(int retries)
    {
        await using var service = new ScriptedService(Ok);
        using var client = new AzureRestClient(Options with { Authentication = new GoneAtFirst(), Retries = retries });
        var sending = SendAsync(client, service.Uri("/now"), RequestMethod.Put, RepeatRule.IfNotExecuted, "v");

        if (retries > 0)
        {
            Assert.Equal(200, await sending);
            Assert.Single(service.Requests);
        }
        else
        {
            var fault = await Assert.ThrowsAsync<AzureConnectionException>(() => sending);
            Assert.False(fault.IsFateUnknown);
        }
    }

    [Fact]
    public async Task Send_NameThatDoesNotExist_FailsWithoutDoubt()
    {
        using var client = new AzureRestClient(Options with { Retries = 0 });

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(() => SendAsync(client, new Uri("http://no-such-account.invalid/"), RequestMethod.Put, RepeatRule.IfNotExecuted));

        Assert.False(fault.IsFateUnknown);
        Assert.Contains("no-such-account.invalid:80", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_NoTlsThere_FailsWithoutDoubtAndNamesTheCause()
    {
        using var client = new AzureRestClient(Options with { Retries = 1 });
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            for (var i = 0; i < 2; i++)
            {
                using var socket = await listener.AcceptSocketAsync(Cancelled);
                await socket.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), Cancelled);
                await socket.ReceiveAsync(new byte[4096], Cancelled);
            }
        }, Cancelled);

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(
            () => SendAsync(client, new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"), RequestMethod.Put, RepeatRule.IfNotExecuted, "v"));

        await serving;
        Assert.False(fault.IsFateUnknown);
        Assert.DoesNotContain("see inner", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ConnectionThatIsNeverMade_EndsAtTheConnectTimeoutWithoutDoubt()
    {
        // TLS never begins: the handshake belongs to connecting.
        await using var service = new ScriptedService((string?)null);
        using var client = new AzureRestClient(Options with { Retries = 1, ConnectTimeout = TimeSpan.FromMilliseconds(300) });

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(
            () => SendAsync(client, new Uri($"https://127.0.0.1:{service.Port}/"), RequestMethod.Put, RepeatRule.IfNotExecuted, "v"));

        Assert.Equal($"Test Storage try it at 127.0.0.1:{service.Port}: no connection within 0.3 s", fault.Message);
        Assert.False(fault.IsFateUnknown);
        Assert.Equal(2, service.Connections);
    }

    [Theory]
    [InlineData(nameof(RepeatRule.Freely), false)]
    [InlineData(nameof(RepeatRule.IfNotExecuted), true)]
    [InlineData(nameof(RepeatRule.Never), true)]
    public async Task Send_NoAnswer_EndsAtTheTimeLimitForAllAttempts(string rule, bool isUnknown)
    {
        var time = new ManualTimeProvider();
        await using var service = new ScriptedService((string?)null);
        using var client = new AzureRestClient(Options with { Time = time, Timeout = TimeSpan.FromSeconds(15) });

        var sending = SendAsync(client, service.Uri(), RequestMethod.Put, Rule(rule), "v");
        await Eventually.MustAsync("the request is there", () => Task.FromResult(service.Requests.Count == 1), TimeSpan.FromSeconds(20), Cancelled);
        time.Advance(TimeSpan.FromSeconds(15));
        var fault = await Assert.ThrowsAsync<AzureConnectionException>(() => sending);

        var doubt = isUnknown ? $"; {Doubt}" : "";
        Assert.Equal($"Test Storage try it at 127.0.0.1:{service.Port}: no answer within 15 s{doubt}", fault.Message);
        Assert.Equal(isUnknown, fault.IsFateUnknown);
        Assert.Single(service.Requests);
        await Eventually.MustAsync("the connection is closed", () => Task.FromResult(service.Open == 0), TimeSpan.FromSeconds(20), Cancelled);
    }

    [Fact]
    public async Task Send_TimeLimitDuringAPause_LeavesNoDoubt()
    {
        var time = new ManualTimeProvider();
        await using var service = new ScriptedService(ScriptedService.Answer(503, headers: "Retry-After: 2\r\n"));
        using var client = new AzureRestClient(Options with { Time = time, Timeout = TimeSpan.FromSeconds(1) });

        var sending = SendAsync(client, service.Uri(), RequestMethod.Put, RepeatRule.IfNotExecuted, "v");
        await Eventually.MustAsync("the pause has begun", () => Task.FromResult(time.ArmedTimers == 2), TimeSpan.FromSeconds(20), Cancelled);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.False((await Assert.ThrowsAsync<AzureConnectionException>(() => sending)).IsFateUnknown);
    }

    [Fact]
    public async Task Send_Cancelled_ClosesTheConnection()
    {
        await using var service = new ScriptedService((string?)null);
        using var client = new AzureRestClient(Options);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);

        var sending = SendAsync(client, service.Uri(), RequestMethod.Put, RepeatRule.IfNotExecuted, "v", caller.Token);
        await Eventually.MustAsync("the request is there", () => Task.FromResult(service.Requests.Count == 1), TimeSpan.FromSeconds(20), Cancelled);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await Eventually.MustAsync("the connection is closed", () => Task.FromResult(service.Open == 0), TimeSpan.FromSeconds(20), Cancelled);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("sas")]
    public async Task Send_Failure_TellsNoSecret(string kind)
    {
        const string signature = "c2lnbmF0dXJl";
        var credential = kind == "key" ? StorageCredential.SharedKey("acct", "a2V5") : StorageCredential.Sas($"?sv=2021-12-02&sig={signature}%3D");
        var log = new List<string>();
        using var listener = new AzureEventSourceListener((_, text) => { lock (log) { log.Add(text); } }, EventLevel.Informational);
        await using var service = new ScriptedService(
            ScriptedService.Close, ScriptedService.Answer(403, "<Error><Code>AuthenticationFailed</Code><AuthenticationErrorDetail>MAC c2VjcmV0</AuthenticationErrorDetail></Error>"));
        using var client = new AzureRestClient(Options with { Authentication = credential.CreatePolicy(StorageService.Queue, TimeProvider.System) });

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(() => SendAsync(client, service.Uri("/q/messages"), RequestMethod.Put, RepeatRule.IfNotExecuted, "v"));
        var refusal = await RefusalAsync(client, service.Uri("/q/messages"));

        lock (log)
        {
            Assert.Contains(log, line => line.Contains("/q/messages", StringComparison.Ordinal));
            var sent = service.Requests.Select(request => kind == "key" ? request.Headers["Authorization"].Split(':')[1] : signature);
            foreach (var secret in sent.Append("c2VjcmV0"))
            {
                Assert.DoesNotContain(secret, fault.ToString(), StringComparison.Ordinal);
                Assert.DoesNotContain(secret, refusal.ToString(), StringComparison.Ordinal);
                Assert.DoesNotContain(log, line => line.Contains(secret, StringComparison.Ordinal));
            }
        }

        Assert.Equal(kind == "key", service.Requests.All(request => request.Headers.ContainsKey("Authorization")));
    }

    [Theory]
    [InlineData(403, 20, "(the clock of this machine is 20 min behind the service's, which allows 15)")]
    [InlineData(401, -20, "(the clock of this machine is 20 min ahead of the service's, which allows 15)")]
    [InlineData(403, 14, "refused")]
    [InlineData(404, 20, "refused")]
    public async Task Unexpected_RefusalByAServiceWithAnotherTime_NamesTheClock(int status, int minutes, string end)
    {
        var time = new ManualTimeProvider();
        var date = (time.GetUtcNow() + TimeSpan.FromMinutes(minutes)).ToString("R");
        await using var service = new ScriptedService(ScriptedService.Answer(status, "<Error><Code>C</Code><Message>refused</Message></Error>", $"Date: {date}\r\n"));
        using var client = new AzureRestClient(Options with { Time = time });

        Assert.EndsWith(end, (await RefusalAsync(client, service.Uri())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unexpected_Answer_CarriesCodeStatusAndRequest()
    {
        await using var service = new ScriptedService(ScriptedService.Answer(
            409, """{"odata.error":{"code":"EntityAlreadyExists","message":{"lang":"en-US","value":"It exists.\nRequestId:r\nTime:t"}}}""", "x-ms-request-id: r-1\r\n"));
        using var client = new AzureRestClient(Options);

        var fault = await RefusalAsync(client, service.Uri());

        Assert.Equal((409, "EntityAlreadyExists", "r-1", false), (fault.Status, fault.Code, fault.RequestId, fault.IsFateUnknown));
        Assert.Equal("Test Storage try it: the service answered 409 EntityAlreadyExists: It exists. (request r-1)", fault.Message);
    }

    private sealed class SecondAttempt : HttpPipelineSynchronousPolicy
    {
        private int _count;

        public Uri? Uri { get; set; }

        public override void OnSendingRequest(HttpMessage message)
        {
            if (++_count > 1)
            {
                message.Request.Uri.Reset(Uri!);
            }
        }
    }

    /// <summary>Fails the first attempt as the runtime does when a new connection is reset before it has asked for its address.</summary>
    private sealed class GoneAtFirst : HttpPipelineSynchronousPolicy
    {
        private bool _isGone;

        public override void OnSendingRequest(HttpMessage message)
        {
            if (!_isGone)
            {
                _isGone = true;
                throw new SocketException((int)SocketError.NotConnected);
            }
        }
    }
}
