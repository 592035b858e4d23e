using System.Text;
using Serverless.Backends.Redis;
using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Protocol;
using RedisArgument = Serverless.Components.Clients.Redis.RedisArgument;

namespace Serverless.Tests.Clients.Redis;

/// <summary>What a client does on a good day, and with wrong settings.</summary>
public sealed class RedisClientTests(RedisServerFixture server) : RedisClientTest, IClassFixture<RedisServerFixture>
{
    [Fact]
    public async Task Execute_RepliesOfAllKinds_AreRead()
    {
        await using var client = RedisClient.Create(Settings(server.Port));
        await server.Cli.CallAsync(["HSET", "kinds", "a", "1", "b", "2"], Cancellation);

        Assert.Equal("PONG", (await Run(client, RedisCommandName.Ping)).ToText());
        Assert.Null(await Get(client, "kinds:none"));
        Assert.Equal(7, (await client.ExecuteAsync(RedisCommand.Run(Increment, "kinds:number", 7), Cancellation)).ToInteger());
        var map = (await client.ExecuteAsync(RedisCommand.On(RedisCommandName.HGetAll, "kinds"), Cancellation)).Bytes;
        Assert.Equal("*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n", Encoding.UTF8.GetString(map.Span));
        var nested = await client.ExecuteAsync(RedisCommand.Run(new RedisScript("return {1, {'x', false}, {err='ERR inner'}, {}}"), "kinds"), Cancellation);
        Assert.Equal("*4\r\n:1\r\n*2\r\n$1\r\nx\r\n$-1\r\n-ERR inner\r\n*0\r\n", Encoding.UTF8.GetString(nested.Bytes.Span));
        var fault = Assert.IsType<RedisServerException>(await Fault(Get(client, "kinds")));
        Assert.Equal("WRONGTYPE", fault.Code);
        Assert.Equal("PONG", (await Run(client, RedisCommandName.Ping)).ToText());
    }

    [Fact]
    public async Task Execute_AnyBytesAndAnyKey_ArriveUnchanged()
    {
        await using var client = RedisClient.Create(Settings(server.Port));
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value), .. "\r\n$5\r\n"u8];
        const string key = "schlüssel \r\n 鍵 🔑";

        await Set(client, key, (ReadOnlyMemory<byte>)bytes);

        Assert.Equal(bytes, await server.ReadAsync(key));
        Assert.Equal(bytes, (await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, key), Cancellation)).ToBulk()!.Value.ToArray());
        await Set(client, "", "");
        Assert.Equal("", await Get(client, ""));
    }

    [Fact]
    public async Task Execute_TwoCommandsInOne_GivesBothReplies()
    {
        await using var client = RedisClient.Create(Settings(server.Port));
        var command = RedisCommand.Run(Increment, "then", 1);
        command.Then = RedisCommand.Of(RedisCommandName.Wait, 0, 0);
        command.Blocks = true;

        Assert.Equal(":1\r\n:0\r\n", Encoding.ASCII.GetString((await client.ExecuteAsync(command, Cancellation)).Bytes.Span));
    }

    [Fact]
    public async Task Execute_Database_IsItsOwn()
    {
        await using var client = RedisClient.Create(Settings(server.Port) with { Database = 5 });
        await using var wrong = RedisClient.Create(Settings(server.Port) with { Database = 99, MaxRetries = 0 });

        await Set(client, "database", "five");

        Assert.Null(await server.ReadAsync("database"));
        Assert.Equal("five", await Get(client, "database"));
        Assert.Contains("DB index is out of range", (await Fault(Get(wrong, "database"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_WrongPassword_FailsAtOnceAndKeepsTheSecret()
    {
        await using var locked = await RedisServer.StartAsync(new RedisServerSettings { Password = "right", Users = [new RedisUser("app", "also-right", "~app:* +@all")] }, Cancellation);
        await using var proxy = new Backends.Network.TcpProxy(locked.Port);
        await using var wrong = RedisClient.Create(Settings(proxy.Port) with { Credentials = Password("hush-hush") });
        await using var none = RedisClient.Create(Settings(locked.Port));
        await using var user = RedisClient.Create(Settings(locked.Port) with { Credentials = Password("also-right", "app") });
        await using var right = RedisClient.Create(Settings(locked.Port) with { Credentials = Password("right") });

        var fault = await Fault(Set(wrong, "key", "value"));

        Assert.Contains(NotExecuted, fault.Message, StringComparison.Ordinal);
        Assert.Contains("WRONGPASS", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush", $"{fault}{string.Concat(Log.Messages)}", StringComparison.Ordinal);
        Assert.Equal(1, proxy.Accepted);
        Assert.Contains("NOAUTH", (await Fault(Set(none, "key", "value"))).Message, StringComparison.Ordinal);
        await Set(user, "app:key", "value");
        Assert.Contains("NOPERM", (await Fault(Set(user, "key", "value"))).Message, StringComparison.Ordinal);
        Assert.Equal("value", await Get(right, "app:key"));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("$-7\r\n")]
    [InlineData(":1\r\n:2\r\n")]
    public async Task Execute_ServerSpeaksNonsense_SaysSoAndStartsAnew(string answer)
    {
        var answers = 0;
        await using var scripted = new ScriptedRedis(_ => answers++ == 1 ? answer : "$-1\r\n");
        await using var client = RedisClient.Create(Settings(scripted.Endpoint) with { MaxRetries = 0 });
        Assert.Null(await Get(client, "key"));

        var call = await Record.ExceptionAsync(() => client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, "key"), Cancellation).AsTask());

        Assert.True(call is null || call.Message.Contains("does not speak Redis' protocol", StringComparison.Ordinal));
        await Until("the connection is replaced", () => scripted.Accepted.Count == 2);
        Assert.Null(await Get(client, "key"));
        Assert.Contains(Log.Messages, message => message.Contains("does not speak Redis' protocol", StringComparison.Ordinal));
    }

    [Fact]
    public void Argument_LargestNumbers_AreWritten()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new RespWriter(output);
        ((RedisArgument)long.MinValue).WriteTo(ref writer);
        writer.Complete();

        Assert.Equal("$20\r\n-9223372036854775808\r\n", Encoding.ASCII.GetString(output.WrittenSpan));
    }
}
