using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Sentinel;

namespace Serverless.Tests.Clients.Redis.Sentinel;

public sealed class RedisSentinelLocatorTests
{
    private const string Question = "SENTINEL GET-MASTER-ADDR-BY-NAME main";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LocateAsync_FirstSentinelSilent_AsksTheOneThatAnsweredNextTime()
    {
        await using var silent = new ScriptedRedis(_ => null);
        await using var good = new ScriptedRedis(_ => Address("primary", 7000));
        var locator = new RedisSentinelLocator(Options(silent, good));

        Assert.Equal(new RedisEndpoint("primary", 7000), await locator.LocateAsync(Cancellation));
        Assert.Equal(new RedisEndpoint("primary", 7000), await locator.LocateAsync(Cancellation));

        Assert.Equal(1, silent.CountOf(Question));
        Assert.Equal(2, good.CountOf(Question));
    }

    [Fact]
    public async Task LocateAsync_FirstSentinelDoesNotKnowTheName_AsksTheNext()
    {
        await using var ignorant = new ScriptedRedis(_ => "*-1\r\n");
        await using var good = new ScriptedRedis(_ => Address("::1", 7000));

        Assert.Equal(new RedisEndpoint("::1", 7000), await new RedisSentinelLocator(Options(ignorant, good)).LocateAsync(Cancellation));
    }

    [Theory]
    [InlineData("*2\r\n$1\r\na\r\n$1\r\nx\r\n", "gives no address of 'main'")]
    [InlineData("*2\r\n$0\r\n\r\n$1\r\n1\r\n", "gives no address of 'main'")]
    [InlineData("*1\r\n$1\r\na\r\n", "does not know 'main'")]
    [InlineData("*2\r\n$1\r\na\r\n:1\r\n", "answered what was not expected")]
    [InlineData("+OK\r\n", "answered what was not expected")]
    public async Task LocateAsync_AnswerWithoutAddress_SaysSo(string answer, string expected)
    {
        await using var sentinel = new ScriptedRedis(_ => answer);

        var fault = await Assert.ThrowsAsync<RedisConnectionException>(async () => await new RedisSentinelLocator(Options(sentinel)).LocateAsync(Cancellation));

        Assert.StartsWith("no sentinel names the primary 'main': ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExecuteAsync_SentinelStillNamesTheOldPrimary_SendsNothingThereAndAsksAgain()
    {
        await using var old = new ScriptedRedis(command => command == "ROLE" ? "*1\r\n$5\r\nslave\r\n" : "$3\r\nold\r\n");
        await using var primary = new ScriptedRedis(command => command == "ROLE" ? "*1\r\n$6\r\nmaster\r\n" : "$3\r\nnew\r\n");
        await using var sentinel = new ScriptedRedis(_ => null);
        sentinel.Answer = _ => Address("127.0.0.1", sentinel.CountOf(Question) < 3 ? old.Endpoint.Port : primary.Endpoint.Port);
        await using var client = RedisClient.Create(Options(sentinel));

        var reply = await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, "x"), Cancellation);

        Assert.Equal("new", reply.ToText());
        Assert.Equal(["ROLE"], old.Commands.Distinct());
    }

    private static string Address(string host, int port) => $"*2\r\n${host.Length}\r\n{host}\r\n${$"{port}".Length}\r\n{port}\r\n";

    private static RedisOptions Options(params ScriptedRedis[] sentinels) =>
        RedisEndpoints.Options(RedisTopology.Sentinel, string.Join(',', sentinels.Select(sentinel => $"{sentinel.Endpoint}"))) with { PrimaryName = "main" };
}
