namespace Serverless.Tests.Components.Bindings.RabbitMq;

/// <summary>The broker is killed while a message is delivered.</summary>
[Collection(RabbitMqServerUsers.Name)]
public sealed class RabbitMqCrashTests(RabbitMqServerFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Broker_KilledDuringADelivery_NothingIsLost()
    {
        var server = fixture.Server;
        var first = new TaskCompletionSource<bool>();
        await using var reading = await RabbitMqReading.StartAsync(server.Host, "crash");
        reading.App = _ => reading.Texts.Count == 1 ? first.Task : Task.FromResult(true);
        await server.Witness.PutAsync("crash", ["a", "b"], Token);
        await reading.MeetAsync(1);

        await server.KillAsync(Token);
        first.SetResult(true);
        await server.StartAgainAsync(Token);
        try
        {
            await reading.MeetAsync("a", 2);
        }
        catch (TimeoutException fault)
        {
            // Tells a broker that has lost the messages from a reader that was not given them.
            await reading.StopAsync();
            var left = await server.Witness.CountAsync("crash", Token);
            throw new TimeoutException($"{fault.Message}\nwithout the reader the broker has {left} messages; it wrote:\n{server.Process.Output.Text}", fault);
        }

        await server.Witness.PutAsync("crash", ["c"], Token);
        await reading.MeetAsync("c", 1);
        await reading.StopAsync();

        // Before them there may be a "b" that was handed over when the broker died, which the client has not noticed yet.
        Assert.Equal(["a", "b", "c"], reading.Texts.TakeLast(3));
        Assert.Equal(2, reading.Texts.Count(text => text == "a"));
        Assert.Equal(0u, await server.Witness.CountAsync("crash", Token));
    }
}
