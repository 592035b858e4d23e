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
        await reading.MeetAsync(3);
        await server.Witness.PutAsync("crash", ["c"], Token);
        await reading.MeetAsync(4);
        await reading.StopAsync();

        Assert.Equal(["a", "a", "b", "c"], reading.Texts);
        Assert.Equal(0u, await server.Witness.CountAsync("crash", Token));
    }
}
