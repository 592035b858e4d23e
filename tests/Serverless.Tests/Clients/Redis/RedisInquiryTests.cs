using Serverless.Backends.Processes;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

public sealed class RedisInquiryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AskAsync_FirstIsSilent_TakesTheSecondsAnswer()
    {
        await using var silent = new ScriptedRedis(_ => null);
        await using var good = new ScriptedRedis(_ => "+good\r\n");

        Assert.Equal("good", await AskAsync([silent.Endpoint, good.Endpoint]));

        Assert.Equal(1, silent.CountOf("PING"));
    }

    [Fact]
    public async Task AskAsync_FirstIsSlow_IsStillHeard()
    {
        var isAsked = new TaskCompletionSource();
        await using var silent = new ScriptedRedis(_ => null);
        await using var slow = new ScriptedRedis(_ => "+slow\r\n");
        slow.Before = _ => isAsked.Task;
        silent.Answer = _ =>
        {
            isAsked.SetResult();
            return null;
        };

        Assert.Equal("slow", await AskAsync([slow.Endpoint, silent.Endpoint]));
    }

    [Fact]
    public async Task AskAsync_FirstAnswers_AsksNobodyElse()
    {
        await using var good = new ScriptedRedis(_ => "+good\r\n");
        await using var other = new ScriptedRedis(_ => "+other\r\n");

        Assert.Equal("good", await AskAsync([good.Endpoint, other.Endpoint]));

        Assert.Empty(other.Commands);
    }

    [Fact]
    public async Task AskAsync_NobodyAnswersWell_SaysWhyOfEach()
    {
        await using var refusing = new ScriptedRedis(_ => "-NOPERM not you\r\n");
        await using var nonsense = new ScriptedRedis(_ => ":1\r\n");
        await using var garbage = new ScriptedRedis(_ => "HTTP/1.1 400\r\n");

        var fault = await Assert.ThrowsAsync<RedisConnectionException>(() => AskAsync([refusing.Endpoint, nonsense.Endpoint, garbage.Endpoint]));

        Assert.Equal(
            $"{refusing.Endpoint}: NOPERM not you; {nonsense.Endpoint} answered what was not expected: the reply holds Integer where BulkString was expected; "
            + $"{garbage.Endpoint} does not speak Redis' protocol: a reply can't begin with byte 0x48",
            fault.Message);
    }

    [Fact]
    public async Task AskAsync_AllRefuse_IsTheServersRefusal()
    {
        await using var refusing = new ScriptedRedis(_ => "-NOPERM not you\r\n");

        var fault = await Assert.ThrowsAsync<RedisServerException>(() => AskAsync([refusing.Endpoint]));

        Assert.Equal("NOPERM", fault.Code);
    }

    [Fact]
    public async Task AskAsync_Canceled_EndsAtOnce()
    {
        await using var silent = new ScriptedRedis(_ => null);
        using var cancel = new CancellationTokenSource();

        var asking = Inquiry().AskAsync([silent.Endpoint], static (_, reply) => reply.ToText()!, cancel.Token);
        await Eventually.MustAsync("it is asked", () => Task.FromResult(silent.CountOf("PING") > 0), TimeSpan.FromSeconds(10), Cancellation);
        await cancel.CancelAsync();

        var fault = await Assert.ThrowsAsync<RedisConnectionException>(() => asking.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
        Assert.Equal($"{silent.Endpoint} did not answer in time", fault.Message);
    }

    private static Task<string> AskAsync(RedisEndpoint[] servers) => Inquiry().AskAsync(servers, static (_, reply) => reply.ToText()!, Cancellation);

    private static RedisInquiry Inquiry() => new(RedisEndpoints.Options(RedisTopology.Single, "unused:1"), static () => RedisCommand.Of(RedisCommandName.Ping));
}
