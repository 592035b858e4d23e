using Serverless.Backends.Redis;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

/// <summary>Commands for which the server takes its time.</summary>
public sealed class RedisBlockingTests : RedisClientTest
{
    [Fact]
    public async Task Execute_EightWaitForAReplicaThatHangs_EachHasItsAnswerAfterItsOwnWait()
    {
        await using var pair = await RedisReplicaPair.StartAsync(Cancellation);

        // One after the other they would take eight seconds.
        await using var client = RedisClient.Create(Settings(pair.Primary.Port) with { CommandTimeout = TimeSpan.FromSeconds(5) });
        pair.Replicas[0].Pause();

        await Together(8, async caller =>
        {
            var command = Blocking(RedisCommand.On(RedisCommandName.Set, $"{caller}", "value"));
            command.Then = RedisCommand.Of(RedisCommandName.Wait, 1, 1000);
            var reader = (await client.ExecuteAsync(command, Cancellation)).Read();

            Assert.Equal("OK", reader.ReadText());
            Assert.Equal(0, reader.ReadInteger());
        });
    }

    [Fact]
    public async Task Execute_MoreBlockingCommandsThanConnections_ShareThem()
    {
        var isOver = new TaskCompletionSource();
        await using var server = new ScriptedRedis(static _ => "$1\r\nx\r\n");
        server.Before = command => command == "GET quick" ? Task.CompletedTask : isOver.Task;
        await using var client = RedisClient.Create(Settings(server.Endpoint) with { CommandTimeout = Soon });
        var calls = new List<Task<string?>>();

        for (var connections = 1; connections <= 8; connections++)
        {
            calls.Add(GetSlow(client));
            await Until("it has a connection", () => server.Open == connections);
        }

        calls.AddRange(Enumerable.Range(0, 12).Select(_ => GetSlow(client)));
        Assert.Equal("x", await Get(client, "quick"));
        Assert.Equal(9, server.Open);
        Assert.DoesNotContain(calls, call => call.IsCompleted);
        isOver.SetResult();

        var values = await Task.WhenAll(calls).WaitAsync(Soon, Cancellation);
        Assert.Equal(["x"], values.Distinct());
        Assert.Equal(9, server.Accepted.Count);
    }

    private static async Task<string?> GetSlow(RedisClient client) =>
        (await client.ExecuteAsync(Blocking(RedisCommand.On(RedisCommandName.Get, "slow")), Cancellation)).ToText();

    private static RedisCommand Blocking(RedisCommand command)
    {
        command.Blocks = true;
        return command;
    }
}
