using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

/// <summary>The end of a client.</summary>
public sealed class RedisDisposeTests : RedisClientTest
{
    [Fact]
    public async Task Dispose_CommandsInFlight_FailAtOnceAndSayWhatIsKnown()
    {
        await using var server = new ScriptedRedis(_ => null);
        var client = RedisClient.Create(Settings(server.Endpoint) with { CommandTimeout = TimeSpan.FromMinutes(5), QueueTimeout = TimeSpan.FromMinutes(5), MaxInFlight = 2 });
        var write = Set(client, "key", "value");
        var read = Get(client, "key");
        await Until("the server got them", () => server.Commands.Count == 2);
        var inLine = Set(client, "other", "value");

        await client.DisposeAsync().AsTask().WaitAsync(Soon, Cancellation);

        Assert.Equal($"SET: the client was closed before the reply came; {FateUnknown}", (await Fault(write)).Message);
        Assert.Contains("the client was closed", (await Fault(read)).Message, StringComparison.Ordinal);
        Assert.Equal($"SET: {NotExecuted}: the client was closed", (await Fault(inLine)).Message);
        Assert.Equal($"SET: {NotExecuted}: the client was closed", (await Fault(Set(client, "late", "value"))).Message);
        await Until("nothing is open", () => server.Open == 0);
    }

    [Fact]
    public async Task Dispose_SeveralTimesAtOnce_DoesNoHarm()
    {
        await using var server = new ScriptedRedis(_ => "$-1\r\n");
        for (var round = 0; round < 20; round++)
        {
            var client = RedisClient.Create(Settings(server.Endpoint));
            await Get(client, "key");

            await Together(4, _ => client.DisposeAsync().AsTask());
            await client.DisposeAsync();
        }

        await Until("nothing is open", () => server.Open == 0);
    }

    [Fact]
    public async Task Dispose_WhileItConnects_LeavesNoConnectionAndNoTimer()
    {
        await using var server = new ScriptedRedis(command => command.StartsWith("SELECT", StringComparison.Ordinal) ? null : "+OK\r\n");
        for (var round = 0; round < 40; round++)
        {
            var time = new ManualTimeProvider();
            var client = RedisClient.Create(Settings(server.Endpoint) with { Database = round % 2, Time = time });
            var call = Get(client, "key");
            if (round % 4 < 2)
            {
                await Until("it connects", () => server.Open == 1);
            }

            await client.DisposeAsync().AsTask().WaitAsync(Soon, Cancellation);
            await Record.ExceptionAsync(() => call.WaitAsync(Soon, Cancellation));
            Assert.Equal(0, time.ArmedTimers);
            await Until("nothing is open", () => server.Open == 0);
        }

        await Until("nothing is open", () => server.Open == 0);
    }

    [Fact]
    public async Task Dispose_BetweenRetries_FailsTheCommand()
    {
        await using var server = new ScriptedRedis(_ => "-LOADING Redis is loading the dataset in memory\r\n");
        var client = RedisClient.Create(Settings(server.Endpoint) with { MinRetryInterval = TimeSpan.FromMinutes(1), MaxRetryInterval = TimeSpan.FromMinutes(1) });
        var call = Set(client, "key", "value");
        await Until("the server refused it", () => server.Commands.Count == 1);

        await client.DisposeAsync().AsTask().WaitAsync(Soon, Cancellation);

        Assert.Contains(NotExecuted, (await Fault(call)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_BlockingCommandAfterDispose_IsRefused()
    {
        await using var server = new ScriptedRedis(_ => "$-1\r\n");
        var client = RedisClient.Create(Settings(server.Endpoint));
        await client.DisposeAsync();

        var command = RedisCommand.Of(RedisCommandName.Wait, 0, 0);
        command.Blocks = true;
        var fault = await Fault(client.ExecuteAsync(command, Cancellation));

        Assert.Equal($"WAIT: {NotExecuted}: the client was closed", fault.Message);
        Assert.Empty(server.Accepted);
    }
}
