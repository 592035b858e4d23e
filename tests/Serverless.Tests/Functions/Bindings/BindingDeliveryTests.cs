using System.Text;
using Serverless.Backends.Apps;
using Serverless.Components.Bindings;
using Serverless.Components.Registry;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Bindings;
using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.Bindings;

public sealed class BindingDeliveryTests : IAsyncLifetime
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Span = "00f067aa0ba902b7";
    private readonly LogCapture _log = new();
    private RecordingApp _app = null!;
    private AppChannel _channel = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await RecordingApp.StartAsync();
        _channel = AppChannel.Create(new RuntimeOptions { AppPort = _app.Port, MaxBodySize = 1000 })!;
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Event_IsPostedWithItsBytesAndHeaders_AndTheAnswerComesBack()
    {
        _app.Script = (_, _) => Task.FromResult(AppReply.Json("\"done\"", 201));

        var result = await DeliverAsync("raw \u00fc", new()
        {
            ["readTimeUTC"] = "now", ["message-id"] = "7", ["grpc-timeout"] = "1", ["trace-bin"] = "x", ["Content-Type"] = "text/xml", ["content-length"] = "99",
            ["Host"] = "evil", ["Transfer-Encoding"] = "chunked", ["expect"] = "100-continue", ["bad name"] = "x", ["line"] = "a\r\nX-Evil: 1",
        });

        Assert.True(result.IsDelivered);
        Assert.Equal("\"done\"", Encoding.UTF8.GetString(result.Data.Span));
        var request = Assert.Single(_app.Requests);
        Assert.Equal(("POST", "/in/box", "raw \u00fc", "application/json"), (request.Method, request.Path, request.Text, request.Header("content-type")));
        Assert.Equal(
            ["Content-Length", "Content-Type", "Dapr-Grpc-Timeout", "Host", "Line", "Message-Id", "Readtimeutc", "traceparent"],
            request.Headers.Keys.Select(name => name.Equals("traceparent", StringComparison.OrdinalIgnoreCase) ? "traceparent" : name).Order(StringComparer.Ordinal));
        Assert.Equal(("a  X-Evil: 1", $"127.0.0.1:{_app.Port}", "7"), (request.Header("line"), request.Header("host"), request.Header("message-id")));
        Assert.Empty(_log.Messages);
    }

    [Theory]
    [InlineData(200, DeliveryOutcome.Delivered)]
    [InlineData(204, DeliveryOutcome.Delivered)]
    [InlineData(302, DeliveryOutcome.Refused)]
    [InlineData(404, DeliveryOutcome.Refused)]
    [InlineData(500, DeliveryOutcome.Refused)]
    public async Task Status_Any2xxIsSuccess(int status, DeliveryOutcome outcome)
    {
        _app.Script = (_, _) => Task.FromResult(status == 204 ? new AppReply(status) : AppReply.Json("no thanks", status));

        var result = await DeliverAsync("secret body");

        Assert.Equal(outcome, result.Outcome);
        if (outcome == DeliveryOutcome.Refused)
        {
            Assert.Equal($"fails to send binding event to http app channel, status code: {status} body: no thanks", result.Fault);
            Assert.Equal($"Warning: binding 'queue': the app did not take an event: status code {status}", Assert.Single(_log.Messages));
        }
    }

    [Fact]
    public async Task AppDown_IsUnreachable_AndLoggedWithoutTheBody()
    {
        await _app.StopAsync();

        var result = await DeliverAsync("secret body");

        Assert.Equal(DeliveryOutcome.Unreachable, result.Outcome);
        Assert.StartsWith("Warning: binding 'queue': an event did not reach the app: the app did not answer: Connection refused", Assert.Single(_log.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AppHangs_IsUnreachableAfterTheLimit()
    {
        _app.Script = RecordingApp.HangAsync;

        var result = await DeliverAsync("x", limit: TimeSpan.FromMilliseconds(100));

        Assert.Equal((DeliveryOutcome.Unreachable, "the app did not answer within 0.1 s"), (result.Outcome, result.Fault));
    }

    [Fact]
    public async Task LongRefusal_IsCut()
    {
        using var channel = AppChannel.Create(new RuntimeOptions { AppPort = _app.Port, MaxBodySize = 5000 })!;
        _app.Script = (_, _) => Task.FromResult(new AppReply(500) { Body = Enumerable.Repeat((byte)'n', 4000).ToArray() });

        var result = await new BindingDelivery(channel).DeliverAsync(Binding(), new BindingEvent(), TestContext.Current.CancellationToken);

        Assert.Equal($"fails to send binding event to http app channel, status code: 500 body: {new string('n', 1000)}...", result.Fault);
    }

    [Fact]
    public async Task LargeAnswer_IsARefusal()
    {
        _app.Script = (_, _) => Task.FromResult(new AppReply(200) { Body = new byte[1001] });

        var result = await DeliverAsync("x");

        Assert.Equal(DeliveryOutcome.Refused, result.Outcome);
        Assert.Contains("the app's answer is too large", result.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancellation_Flies()
    {
        _app.Script = RecordingApp.HangAsync;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var delivery = new BindingDelivery(_channel).DeliverAsync(Binding(), new BindingEvent(), cancel.Token).AsTask();
        await _app.WaitAsync(1, "POST", "/in/box", Cancel);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivery);
    }

    [Fact]
    public async Task Trace_OfTheEventGoesOn_UnderASpanOfItsOwn()
    {
        await DeliverAsync("x", new() { ["Traceparent"] = $"00-{Trace}-{Span}-01", ["tracestate"] = "a=1", ["baggage"] = "k=v" });

        var request = Assert.Single(_app.Requests);
        Assert.Matches($"^00-{Trace}-(?!{Span})[0-9a-f]{{16}}-01$", request.Header("traceparent"));
        Assert.Equal(("a=1", "k=v"), (request.Header("tracestate"), request.Header("baggage")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01")]
    public async Task Trace_OtherwiseBeginsAnew_WithoutTheState(string? parent)
    {
        var metadata = new Dictionary<string, string> { ["tracestate"] = "a=1", ["baggage"] = "no baggage at all" };
        if (parent is not null)
        {
            metadata["traceparent"] = parent;
        }

        await DeliverAsync("x", metadata);
        await DeliverAsync("x", metadata);

        Assert.All(_app.Requests, request => Assert.Matches("^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$", request.Header("traceparent")));
        Assert.Equal(2, _app.Requests.Select(request => request.Header("traceparent")).Distinct().Count());
        Assert.All(_app.Requests, request => Assert.True(request.Header("tracestate") is null && request.Header("baggage") is null));
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(204, true)]
    [InlineData(405, true)]
    [InlineData(302, false)]
    [InlineData(401, false)]
    [InlineData(404, false)]
    [InlineData(500, false)]
    public async Task Discovery_ByStatus(int status, bool isWanted)
    {
        _app.Script = (_, _) => Task.FromResult(new AppReply(status));

        Assert.Equal(isWanted, await new BindingDiscovery(_channel, TimeSpan.FromSeconds(3)).IsWantedAsync(Binding(), Cancel));
        var probe = Assert.Single(_app.Requests);
        Assert.Equal(("OPTIONS", "/in/box", "application/json"), (probe.Method, probe.Path, probe.Header("content-type")));
    }

    [Fact]
    public async Task Discovery_HangAndDown_AreNoAnswer_AndDirectionInputNeedsNone()
    {
        var discovery = new BindingDiscovery(_channel, TimeSpan.FromMilliseconds(100));
        _app.Script = RecordingApp.HangAsync;
        Assert.Equal("the app did not answer within 0.1 s", (await Assert.ThrowsAsync<AppUnreachableException>(() => discovery.IsWantedAsync(Binding(), Cancel))).Message);
        await _app.StopAsync();
        await Assert.ThrowsAsync<AppUnreachableException>(() => discovery.IsWantedAsync(Binding(), Cancel));

        Assert.True(await discovery.IsWantedAsync(Binding(new MetadataValue("direction", "input")), Cancel));
        Assert.Single(_app.Requests);
    }

    private static BindingComponent Binding(params MetadataValue[] metadata) => BindingServer.Component("queue", new FakeInput(), [new MetadataValue("route", "/in/box"), .. metadata]);

    private ValueTask<DeliveryResult> DeliverAsync(string body, Dictionary<string, string>? metadata = null, TimeSpan? limit = null) =>
        new BindingDelivery(_channel) { Logger = _log, TimeLimit = limit ?? AppChannel.CallLimit }.DeliverAsync(
            Binding(), new BindingEvent { Data = Encoding.UTF8.GetBytes(body), Metadata = metadata ?? [] }, Cancel);
}
