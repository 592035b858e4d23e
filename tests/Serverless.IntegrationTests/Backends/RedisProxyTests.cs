using System.Diagnostics;
using Serverless.Backends.Network;
using Serverless.Backends.Redis;

namespace Serverless.IntegrationTests.Backends;

public sealed class RedisProxyTests : IAsyncLifetime
{
    private RedisServer _server = null!;
    private TcpProxy _proxy = null!;
    private RedisCli _cli = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync(Token);
        _proxy = new TcpProxy(_server.Port);
        _cli = new RedisCli(new RedisEndpoint(_proxy.Port));
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Connections_Each_IsCountedAndForgotten()
    {
        await _cli.CallAsync(["PING"], Token);
        await _cli.CallAsync(["PING"], Token);
        Assert.Equal(2, _proxy.Accepted);
        Assert.Equal(2 * "+PONG\r\n".Length, _proxy.ToClient.Forwarded);
        Assert.True(await Eventually.TrueAsync(() => _proxy.Open == 0, TimeSpan.FromSeconds(10), Token));
    }

    [Fact]
    public async Task CutAll_OpenConnection_IsReset()
    {
        await using var connection = await _cli.OpenAsync(Token);
        await connection.CallAsync(["PING"], Token);
        var answer = connection.ReceiveAsync(Token);
        _proxy.CutAll();
        var failure = await Assert.ThrowsAsync<IOException>(() => answer);
        Assert.Contains("reset", failure.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("PONG", (await _cli.CallAsync(["PING"], Token)).Text);
    }

    [Fact]
    public async Task CutAfter_Answer_IsLostThoughTheCommandRan()
    {
        await using var connection = await _cli.OpenAsync(Token);
        _proxy.ToClient.CutAfter(2);
        await Assert.ThrowsAnyAsync<IOException>(() => connection.CallAsync(["SET", "key", "value"], Token));
        Assert.Equal("value", (await _server.Cli.CallAsync(["GET", "key"], Token)).Text);
        Assert.Equal("value", (await _cli.CallAsync(["GET", "key"], Token)).Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hold_EitherDirection_KeepsBytesUntilReleased(bool isToServer)
    {
        var direction = isToServer ? _proxy.ToServer : _proxy.ToClient;
        await using var connection = await _cli.OpenAsync(Token);
        direction.Hold();
        var answer = connection.CallAsync(["INCR", "n"], Token);
        if (!isToServer)
        {
            Assert.True(await Eventually.TrueAsync(async () => !(await _server.Cli.CallAsync(["GET", "n"], Token)).IsNil, TimeSpan.FromSeconds(10), Token));
        }

        Assert.False(answer.IsCompleted);
        direction.Release();
        Assert.Equal(1, (await answer).Number);
    }

    [Fact]
    public async Task ChunksAndDelay_LongValue_ArriveWhole()
    {
        var value = new string('x', 2000);
        (_proxy.ToServer.ChunkSize, _proxy.ToClient.ChunkSize) = (1, 1);
        await _cli.CallAsync(["SET", "key", value], Token);
        Assert.Equal(value, (await _cli.CallAsync(["GET", "key"], Token)).Text);
        _proxy.ToClient.Delay = TimeSpan.FromMilliseconds(10);
        var start = Stopwatch.GetTimestamp();
        await _cli.CallAsync(["PING"], Token);
        Assert.True(Stopwatch.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(60));
    }

    [Fact]
    public async Task IsRefusing_NewConnection_IsCut()
    {
        _proxy.IsRefusing = true;
        await Assert.ThrowsAnyAsync<Exception>(() => _cli.CallAsync(["PING"], Token));
        _proxy.IsRefusing = false;
        Assert.Equal("PONG", (await _cli.CallAsync(["PING"], Token)).Text);
    }
}
