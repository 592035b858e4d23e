using RabbitMQ.Client;
using Serverless.Backends.Network;
using Serverless.Backends.Processes;
using Serverless.Backends.RabbitMq;
using Serverless.Components.Bindings;
using Serverless.Components.Bindings.RabbitMq;
using Serverless.Components.Clients.RabbitMq;
using Serverless.Tests.Components.State;

namespace Serverless.Tests.Components.Bindings.RabbitMq;

/// <summary>The input side on a real broker.</summary>
[Collection(RabbitMqServerUsers.Name)]
public sealed class RabbitMqReadTests(RabbitMqServerFixture fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RabbitMqServer Server => fixture.Server;

    [Fact]
    public async Task Messages_Taken_ComeInOrderOnceWithTheirHeaders()
    {
        await using var reading = await RabbitMqReading.StartAsync(Server.Host, "order");

        await Server.Witness.PutAsync("order", ["a", "b", "c"], Token);
        await reading.MeetAsync(3);
        await reading.StopAsync();

        Assert.Equal(["a", "b", "c"], reading.Texts);
        Assert.Equal([KeyValuePair.Create("my+key", "a+b%2Fc")], reading.Events[0].Metadata);
        Assert.Equal(0u, await Server.Witness.CountAsync("order", Token));
    }

    [Fact]
    public async Task Message_Refused_ComesAgainUntilTakenAndNotWithoutPause()
    {
        await using var reading = await RabbitMqReading.StartAsync(Server.Host, "refused");
        var started = TimeProvider.System.GetTimestamp();
        var refusals = 3;
        reading.App = text => Task.FromResult(text != "a" || refusals-- <= 0);

        await Server.Witness.PutAsync("refused", ["a"], Token);
        await reading.MeetAsync(4);
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        await reading.StopAsync();

        // 100, 200 and 400 ms.
        Assert.True(elapsed >= TimeSpan.FromMilliseconds(690), $"{elapsed} is too short");
        Assert.Equal(["a", "a", "a", "a"], reading.Texts);
        Assert.Equal(0u, await Server.Witness.CountAsync("refused", Token));
    }

    [Fact]
    public async Task Stop_DuringADelivery_SettlesItAndGivesTheRestBack()
    {
        var (entered, released) = (new TaskCompletionSource(), new TaskCompletionSource<bool>());
        await using var reading = await RabbitMqReading.StartAsync(Server.Host, "stopped");
        reading.App = _ =>
        {
            entered.TrySetResult();
            return released.Task;
        };
        await Server.Witness.PutAsync("stopped", ["a", "b", "c"], Token);
        await entered.Task.WaitAsync(Limit, Token);

        var stopping = reading.StopAsync();
        await Eventually.MustAsync("no consumer", async () => await Server.Witness.CountConsumersAsync("stopped", Token) == 0, Limit, Token);
        Assert.False(stopping.IsCompleted);
        released.SetResult(true);
        await stopping;

        Assert.Equal(["a"], reading.Texts);
        Assert.Equal(2u, await Server.Witness.CountAsync("stopped", Token));
    }

    [Fact]
    public async Task Queue_Long_IsNotTakenIntoMemory()
    {
        var (entered, released) = (new TaskCompletionSource(), new TaskCompletionSource<bool>());
        await using var reading = await RabbitMqReading.StartAsync(Server.Host, "long");
        reading.App = _ =>
        {
            entered.TrySetResult();
            return released.Task;
        };
        await Server.Witness.PutAsync("long", Enumerable.Range(0, 200).Select(number => $"{number}"), Token);
        await entered.Task.WaitAsync(Limit, Token);
        await Eventually.MustAsync("the broker keeps most", async () => await Server.Witness.CountAsync("long", Token) == 200 - 64, Limit, Token);

        released.SetResult(true);
        await reading.MeetAsync(200);
        await reading.StopAsync();

        Assert.Equal(Enumerable.Range(0, 200).Select(number => $"{number}"), reading.Texts);
    }

    [Fact]
    public async Task Close_DuringAHungDelivery_EndsTheReadingAndLosesNothing()
    {
        var entered = new TaskCompletionSource();
        var reading = await RabbitMqReading.StartAsync(Server.Host, "hung", ("prefetchCount", "500"));
        reading.App = _ =>
        {
            entered.TrySetResult();
            return new TaskCompletionSource<bool>().Task;
        };
        await Server.Witness.PutAsync("hung", Enumerable.Range(0, 200).Select(number => $"{number}"), Token);
        await entered.Task.WaitAsync(Limit, Token);

        await reading.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), Token);

        await Eventually.MustAsync("all are back", async () => await Server.Witness.CountAsync("hung", Token) == 200, Limit, Token);
    }

    [Fact]
    public async Task Connection_CutDuringADelivery_MessageComesAgain()
    {
        await using var proxy = new TcpProxy(Server.Port);
        var first = new TaskCompletionSource<bool>();
        await using var reading = await RabbitMqReading.StartAsync(RabbitMqServer.HostFor(proxy.Port), "cut");
        reading.App = _ => reading.Texts.Count == 1 ? first.Task : Task.FromResult(true);
        await Server.Witness.PutAsync("cut", ["a"], Token);
        await reading.MeetAsync(1);

        proxy.CutAll();
        first.SetResult(true);
        await reading.MeetAsync(2);
        await Server.Witness.PutAsync("cut", ["b"], Token);
        await reading.MeetAsync(3);
        await reading.StopAsync();

        Assert.Equal(["a", "a", "b"], reading.Texts);
        Assert.Equal(0u, await Server.Witness.CountAsync("cut", Token));
    }

    [Fact]
    public async Task Connection_LostWhileSendingIsStuck_EndsTheReadingAndTheSending()
    {
        await using var proxy = new TcpProxy(Server.Port);
        await using var queue = Open(proxy.Port, "stuck", options => options with { Heartbeat = TimeSpan.Zero, Timeout = TimeSpan.FromSeconds(5) });
        await queue.OpenAsync(Token);
        await using var subscription = await queue.SubscribeAsync(1, _ => Task.FromResult(true), Token);

        // More than sockets and client have room for.
        proxy.ToServer.Hold();
        var sent = Enumerable.Range(0, 400).Select(_ => Assert.ThrowsAsync<RabbitMqException>(() => queue.PublishAsync(new BasicProperties(), new byte[128 * 1024], Token))).ToList();
        await Task.WhenAll(sent);
        proxy.CutAll();
        proxy.ToServer.Release();

        await subscription.WaitForEndAsync(TimeProvider.System, Token).WaitAsync(Limit, Token);
        await queue.PublishAsync(new BasicProperties(), new byte[] { 1 }, Token);
    }

    [Fact]
    public async Task Queue_Deleted_IsMadeAgainAndRead()
    {
        await using var reading = await RabbitMqReading.StartAsync(Server.Host, "deleted");
        await Eventually.MustAsync("a consumer", async () => await Server.Witness.CountConsumersAsync("deleted", Token) == 1, Limit, Token);

        await Server.Witness.DeleteAsync("deleted", Token);
        await Eventually.MustAsync("sent", () => TrySendAsync(reading, "again"), Limit, Token);
        await reading.MeetAsync(1);

        Assert.Equal("again", reading.Texts[0]);
    }

    [Fact]
    public async Task Exclusive_Queue_IsWrittenAndReadByOneBinding()
    {
        await using var reading = await RabbitMqReading.StartAsync(Server.Host, "mine", ("exclusive", "true"), ("prefetchCount", "1"));

        Assert.True(await TrySendAsync(reading, "to myself"));
        await reading.MeetAsync(1);

        Assert.Equal(["to myself"], reading.Texts);
    }

    [Fact]
    public async Task Publish_BrokerSilent_EndsAtTheLimitWithAnUnknownFate()
    {
        await using var proxy = new TcpProxy(Server.Port);
        await using var queue = Open(proxy.Port, "silent", options => options with { Timeout = TimeSpan.FromSeconds(1) });
        await queue.OpenAsync(Token);

        proxy.ToClient.Hold();
        var fault = await Assert.ThrowsAsync<RabbitMqException>(() => queue.PublishAsync(new BasicProperties(), new byte[] { 1 }, Token));
        proxy.CutAll();
        proxy.ToClient.Release();

        Assert.EndsWith("whether it was executed is unknown: no answer within 1 s", fault.Message, StringComparison.Ordinal);
        Assert.Equal(1u, await Server.Witness.CountAsync("silent", Token));
    }

    private static RabbitMqQueue Open(int port, string name, Func<RabbitMqOptions, RabbitMqOptions> change) => new(change(RabbitMqBindingOptions.Read(
        StateContexts.Create("bindings.rabbitmq", TimeProvider.System, ("host", RabbitMqServer.HostFor(port)), ("queueName", name), ("durable", "true"))).Queue));

    private static async Task<bool> TrySendAsync(RabbitMqReading reading, string text)
    {
        try
        {
            await reading.Binding.InvokeAsync(new BindingRequest { Operation = "create", Data = System.Text.Encoding.UTF8.GetBytes(text) }, Token);
            return true;
        }
        catch (BindingException)
        {
            return false;
        }
    }
}
