using System.Text;
using Serverless.Backends.Apps;
using Serverless.Components.Bindings;
using Serverless.Components.State;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Bindings;
using Serverless.Functions.Hosting;
using Serverless.Tests.Components.State;
using Serverless.Tests.Functions.Http;
using Serverless.Tests.Functions.State;

namespace Serverless.Tests.Functions.Bindings;

public sealed class AppRepliesTests : IAsyncLifetime
{
    private readonly LogCapture _log = new();
    private readonly FakeStateStore _store = new();
    private readonly List<string> _order = [];
    private ApiServer _server = null!;
    private AppReplies _replies = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await ApiServer.StartAsync();
        _server.Add(
            FakeComponents.Definition("store", "state.fake"),
            new StateStoreComponent(_store, StateContexts.Create("state.fake", TimeProvider.System)));
        foreach (var name in (string[])["one", "two", "three"])
        {
            BindingServer.Add(_server, name, new FakeBinding { OnInvoke = request => Record(name, request) });
        }

        _replies = new AppReplies(_server.Registry, _log);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task State_IsSavedWithoutPrefix()
    {
        await RunAsync("""{"storeName":"store","state":[{"key":"a","value":{"n": 1},"metadata":{"ttlInSeconds":"9"}},{"key":"b||c","etag":"1","options":{"concurrency":"first-write"}},{"key":"","value":1}]}""");

        var sets = _store.Sets.ToArray();
        Assert.Equal(["a", "b||c"], sets.Select(set => set.Key));
        Assert.Equal(("{\"n\":1}", "9"), (Encoding.UTF8.GetString(sets[0].Value.Span), sets[0].Metadata["ttlInSeconds"]));
        Assert.Equal(("null", "1", "first-write"), (Encoding.UTF8.GetString(sets[1].Value.Span), sets[1].ETag, sets[1].Options.Concurrency));
        Assert.Equal(["Error: binding 'in': not all that the app's answer asks for was done: a state item has no key"], _log.Messages);
    }

    [Fact]
    public async Task To_IsCalledInOrder_WithCreateAndTheData()
    {
        await RunAsync("""{"to":["two","one"],"data":{"a" : 1}}""");

        Assert.Equal(["two create {\"a\":1}", "one create {\"a\":1}"], _order);
        Assert.Empty(_log.Messages);
    }

    [Theory]
    [InlineData("", "one")]
    [InlineData("sequential", "one")]
    [InlineData("parallel", "one,three")]
    public async Task To_InSequenceStopsAtTheFirstError(string concurrency, string called)
    {
        await RunAsync($$"""{"to":["one","missing","three"],"concurrency":"{{concurrency}}"}""");

        Assert.Equal(called.Split(','), _order.Select(line => line.Split(' ')[0]));
        Assert.Equal(["Error: binding 'in': not all that the app's answer asks for was done: error invoking output binding missing: couldn't find output binding missing"], _log.Messages);
    }

    [Fact]
    public async Task StateThatFails_IsLogged_AndTheRestGoesOn()
    {
        _store.OnSet = set => set.Key == "a" ? StateResult.EtagMismatch() : StateResult.Done;

        await RunAsync("""{"storeName":"store","state":[{"key":"a"},{"key":"b"}],"to":["one"]}""");
        await RunAsync("""{"storeName":"nowhere","state":[{"key":"a"}],"to":["two"]}""");

        Assert.Equal(["a", "b"], _store.Sets.Select(set => set.Key));
        Assert.Equal(["one", "two"], _order.Select(line => line.Split(' ')[0]));
        Assert.Equal(2, _log.Messages.Count);
        Assert.Contains(_log.Messages, line => line.EndsWith("state store nowhere is not found", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("application/cloudevents+json", true)]
    [InlineData("text/plain", false)]
    public async Task Delivery_DoesItBeforeTheEventCounts_WhenTheAnswerIsJson(string type, bool isDone)
    {
        await using var app = await RecordingApp.StartAsync();
        app.Script = (_, _) => Task.FromResult(AppReply.Json("""{"to":["one"]}""") with { ContentType = type });
        using var channel = AppChannel.Create(new RuntimeOptions { AppPort = app.Port })!;

        var result = await new BindingDelivery(channel) { Replies = _replies }.DeliverAsync(BindingServer.Component("in", new FakeInput()), new BindingEvent(), Cancel);

        Assert.True(result.IsDelivered);
        Assert.Equal(isDone ? ["one create null"] : [], _order);
    }

    private BindingResponse? Record(string name, BindingRequest request)
    {
        lock (_order)
        {
            _order.Add($"{name} {request.Operation} {Encoding.UTF8.GetString(request.Data.Span)}");
            return null;
        }
    }

    private Task RunAsync(string answer) => _replies.RunAsync("in", Encoding.UTF8.GetBytes(answer), Cancel);
}
