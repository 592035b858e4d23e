using System.Net;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Serverless.Backends.Apps;
using Serverless.Backends.RabbitMq;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;
using static Serverless.IntegrationTests.Bindings.Stores.RabbitMqBindingFixture;
using static Serverless.IntegrationTests.Bindings.Stores.StoreBindingApp;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>bindings.rabbitmq as output on a real broker.</summary>
[Collection(RabbitMqServerUsers.Name)]
public sealed class RabbitMqBindingTests(RabbitMqBindingFixture rabbit)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_Message_IsPersistentWithItsMetadata()
    {
        var answer = await rabbit.App.CallAsync(
            Direct,
            "create",
            "{\"a\":\"ü\"}",
            ("contentType", "application/json"),
            ("messageId", "m-1"),
            ("correlationID", "c-1"),
            ("type", "order"),
            ("ttlInSeconds", "30"),
            ("priority", "400"),
            ("custom", "x"));
        var message = await rabbit.Server.Witness.TakeAsync(Direct, Token);

        Assert.Equal((HttpStatusCode.NoContent, ""), (answer.Status, answer.Text));
        Assert.Equal("{\"a\":\"ü\"}", Encoding.UTF8.GetString(message!.Body.Span));
        var properties = message.BasicProperties;
        Assert.Equal(("application/json", "m-1", "c-1", "order"), (properties.ContentType, properties.MessageId, properties.CorrelationId, properties.Type));
        Assert.Equal(("30000", (byte)255, DeliveryModes.Persistent), (properties.Expiration, properties.Priority, properties.DeliveryMode));
        Assert.Equal(
            ["contentType", "correlationID", "custom", "messageId", "priority", "ttlInSeconds", "type", "x-dotnet-pub-seq-no"], properties.Headers!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("x", Encoding.UTF8.GetString((byte[])properties.Headers["custom"]!));
    }

    [Fact]
    public async Task Create_Nothing_IsPlainTextNull()
    {
        await rabbit.App.CallAsync(Ranked, "create");
        var message = await rabbit.Server.Witness.TakeAsync(Ranked, Token);

        Assert.Equal(("null", "text/plain", (string?)null), (Encoding.UTF8.GetString(message!.Body.Span), message.BasicProperties.ContentType, message.BasicProperties.Expiration));
    }

    [Fact]
    public async Task Create_Unusable_IsToldInDaprsWords()
    {
        Assert.Equal("priority value must be a valid integer: actual is 'high'", await rabbit.App.FailAsync(Direct, "create", "1", ("priority", "high")));
        Assert.Equal("ttl value must be higher than zero: actual is -1", await rabbit.App.FailAsync(Direct, "create", "1", ("ttl", "-1")));
        Assert.Equal("binding direct does not support operation get. supported operations:create", await rabbit.App.FailAsync(Direct, "get"));
    }

    [Fact]
    public async Task Broker_LostAfterItTookTheMessage_FateIsUnknownAndNothingIsSentTwice()
    {
        rabbit.Proxy.ToClient.Hold();
        var call = rabbit.App.FailAsync(Proxied, "create", "\"once\"");
        await Eventually.MustAsync("the broker has it", async () => await rabbit.Server.Witness.CountAsync(Proxied, Token) == 1, Limit, Token);
        rabbit.Proxy.CutAll();
        rabbit.Proxy.ToClient.Release();
        var lost = await call;
        rabbit.Proxy.IsRefusing = true;
        rabbit.Proxy.CutAll();
        var refused = await rabbit.App.FailAsync(Proxied, "create", "\"never\"");
        rabbit.Proxy.IsRefusing = false;
        var back = await rabbit.App.CallAsync(Proxied, "create", "\"again\"");

        Assert.StartsWith($"failed to publish message: rabbitmq queue {Proxied} at 127.0.0.1:{rabbit.Proxy.Port}: whether it was executed is unknown: ", lost, StringComparison.Ordinal);
        Assert.Contains(": not executed: ", refused, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, back.Status);
        Assert.Equal(2u, await rabbit.Server.Witness.CountAsync(Proxied, Token));
    }

    [Fact]
    public async Task Queue_Deleted_IsToldOnceAndMadeAgain()
    {
        await rabbit.Server.Witness.DeleteAsync(Ranked, Token);

        Assert.EndsWith("not executed: the queue is gone", await rabbit.App.FailAsync(Ranked, "create", "1"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await rabbit.App.CallAsync(Ranked, "create", "2")).Status);
        Assert.NotNull(await rabbit.Server.Witness.TakeAsync(Ranked, Token));
    }

    [Fact]
    public async Task Start_RefusedInSeveralWays_SaysWhy()
    {
        await rabbit.Server.Witness.DeclareAsync("other", isDurable: true, Token);

        var password = await StoreBindingApp.RefuseAsync("bindings.rabbitmq", ("host", RabbitMqServer.HostFor(rabbit.Server.Port, "wr0ng-secret")), ("queueName", "q"));
        var settings = await StoreBindingApp.RefuseAsync("bindings.rabbitmq", ("host", rabbit.Server.Host), ("queueName", "other"));
        var nobody = await StoreBindingApp.RefuseAsync("bindings.rabbitmq", ("host", "amqp://u:n0-secret@127.0.0.1:1"), ("queueName", "q"));
        var faults = await StoreBindingApp.RefuseAsync("bindings.rabbitmq", ("host", "http://u:n0-secret@127.0.0.1"));

        Assert.Contains("ACCESS_REFUSED", password, StringComparison.Ordinal);
        Assert.Contains("406 PRECONDITION_FAILED", settings, StringComparison.Ordinal);
        Assert.Contains("Connection refused", nobody, StringComparison.Ordinal);
        Assert.Contains("metadata 'host': expected an address such as", faults, StringComparison.Ordinal);
        Assert.Contains("metadata 'queueName': expected a value", faults, StringComparison.Ordinal);
        Assert.DoesNotContain("-secret", password + nobody + faults, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_RefusedThenTaken_ReachesTheAppUntilItTakesIt()
    {
        await using var app = await RecordingApp.StartAsync();
        app.Script = (request, _) => Task.FromResult(new AppReply(request.Method == "POST" && app.Of("POST", "/orders").Count < 3 ? 500 : 200));
        await using var process = await AppProcess.StartAsync(Reader(app, "input"), Token);

        await rabbit.Server.Witness.PutAsync("input", ["{\"id\":1}"], Token);

        var calls = await app.WaitAsync(3, "POST", "/orders", Token);
        Assert.All(calls, call => Assert.Equal(("{\"id\":1}", "a+b%2Fc"), (call.Text, call.Header("My+key"))));
        await Eventually.MustAsync("it is settled", () => IsSettledAsync("input", process), Limit, Token);
        Assert.Equal(3, app.Of("POST", "/orders").Count);
    }

    [Fact]
    public async Task Input_ProcessKilledDuringADelivery_TheNextOneDeliversAgain()
    {
        await using var app = await RecordingApp.StartAsync();
        app.Script = (request, token) => request.Method == "POST" ? RecordingApp.HangAsync(request, token) : Task.FromResult(AppReply.Ok);
        await using (var killed = await AppProcess.StartAsync(Reader(app, "killed"), Token))
        {
            await rabbit.Server.Witness.PutAsync("killed", ["1", "2"], Token);
            await app.WaitAsync(1, "POST", "/orders", Token);
            await killed.Process.KillAsync(Token);
        }

        app.Script = (_, _) => Task.FromResult(AppReply.Ok);
        await using var next = await AppProcess.StartAsync(Reader(app, "killed"), Token);

        Assert.Equal(["1", "1", "2"], (await app.WaitAsync(3, "POST", "/orders", Token)).Select(call => call.Text));
    }

    [Fact]
    public async Task Input_ExclusiveQueueReloaded_IsReadByTheSuccessor()
    {
        await using var app = await RecordingApp.StartAsync();
        var settings = Reader(app, "mine") with { Resources = new Dictionary<string, string> { ["queue.yaml"] = Component("mine", "/orders", ("exclusive", "true")) } };
        await using var process = await AppProcess.StartAsync(settings, Token);
        await rabbit.Server.Witness.PutAsync("mine", ["1"], Token);
        await app.WaitAsync(1, "POST", "/orders", Token);

        process.Folder.Replace("resources/queue.yaml", Component("mine", "/changed", ("exclusive", "true")));

        Assert.True(await Eventually.TrueAsync(() => IsReadAsync(app, "mine", "/changed"), Limit, Token), process.Output.Text);
    }

    private AppSettings Reader(RecordingApp app, string queue) => new()
    {
        Arguments = ["--app-port", $"{app.Port}"],
        Resources = new Dictionary<string, string> { ["queue.yaml"] = Component(queue, "/orders", ("durable", "true")) },
    };

    private string Component(string queue, string route, params (string Name, string Value)[] metadata) =>
        Resources.Component(queue, "bindings.rabbitmq", [("host", rabbit.Server.Host), ("queueName", queue), ("route", route), .. metadata]);

    // The queue goes with the old instance, and for a moment there is none.
    private async Task<bool> IsReadAsync(RecordingApp app, string queue, string route)
    {
        try
        {
            await rabbit.Server.Witness.PutAsync(queue, ["2"], Token);
        }
        catch (PublishException)
        {
            return false;
        }

        return app.Of("POST", route).Count > 0;
    }

    // The witness counts only what no consumer holds.
    private async Task<bool> IsSettledAsync(string queue, AppProcess process)
    {
        if (!process.Process.HasExited)
        {
            await process.Process.TerminateAsync(Token);
        }

        return await rabbit.Server.Witness.CountAsync(queue, Token) == 0;
    }
}
