using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Protocol;
using Serverless.Tests.Clients.Redis.Protocol;

namespace Serverless.Tests.Clients.Redis;

public sealed class RedisCommandTests
{
    [Fact]
    public void IsAsking_CommandWithAnother_AsksOnce()
    {
        var command = RedisCommand.On(RedisCommandName.Get, "a");
        command.Then = RedisCommand.Of(RedisCommandName.Wait, 1, 100);

        command.IsAsking = true;

        Assert.Equal(3, command.Replies);
        Assert.Equal("""["ASKING"] ["GET" "a"] ["WAIT" "1" "100"]""", Written(command, 3));
        Assert.Equal("-ERR a :1", RespText.Read(command.OwnPart("+OK\r\n-ERR a\r\n:1\r\n"u8.ToArray()), 2));
    }

    [Fact]
    public void IsAsking_TakenBack_LeavesTheCommandsAlone()
    {
        var command = RedisCommand.On(RedisCommandName.Get, "a");
        command.Then = RedisCommand.Of(RedisCommandName.Ping);
        command.IsAsking = true;

        command.IsAsking = false;

        Assert.Equal("""["GET" "a"] ["PING"]""", Written(command, 2));
        Assert.Equal(":1 :2", RespText.Read(command.OwnPart(":1\r\n:2\r\n"u8.ToArray()), 2));
    }

    private static string Written(RedisCommand command, int commands)
    {
        var output = new OddBufferWriter(3);
        var writer = new RespWriter(output);
        command.WriteTo(ref writer);
        writer.Complete();
        return RespText.Read(output.Written, commands);
    }
}
