using System.Net.Sockets;
using Serverless.Backends.Network;
using Serverless.Backends.Redis;

namespace Serverless.IntegrationTests.Backends;

public sealed class RedisServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_EveryKindOfAnswer_IsRead()
    {
        await using var server = await RedisServer.StartAsync(Token);
        byte[] bytes = [0, 13, 10, 255];
        Assert.Equal("OK", (await server.Cli.CallAsync(["SET", bytes, bytes], Token)).Text);
        Assert.Equal(bytes, (await server.Cli.CallAsync(["GET", bytes], Token)).Bytes);
        Assert.Equal(3, (await server.Cli.CallAsync(["INCRBY", "n", 3], Token)).Digits);
        Assert.True((await server.Cli.CallAsync(["GET", "none"], Token)).IsNil);
        await server.Cli.CallAsync(["HSET", "h", "data", "ä", "version", 1], Token);
        Assert.Equal(new Dictionary<string, string?> { ["data"] = "ä", ["version"] = "1" }, (await server.Cli.CallAsync(["HGETALL", "h"], Token)).Map);
        var failure = await Assert.ThrowsAsync<RedisErrorException>(() => server.Cli.CallAsync(["GET", "h"], Token));
        Assert.StartsWith("WRONGTYPE", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Restart_Durable_KeepsPortAndData(bool isCrash)
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { IsDurable = true }, Token);
        var first = server.Process.Id;
        await server.Cli.CallAsync(["SET", "key", "value"], Token);
        await (isCrash ? server.CrashAsync(Token) : server.RestartAsync(Token));
        Assert.NotEqual(first, server.Process.Id);
        Assert.Equal("value", (await server.Cli.CallAsync(["GET", "key"], Token)).Text);
    }

    [Fact]
    public async Task Restart_NotDurable_LosesData()
    {
        await using var server = await RedisServer.StartAsync(Token);
        await server.Cli.CallAsync(["SET", "key", "value"], Token);
        await server.RestartAsync(Token);
        Assert.True((await server.Cli.CallAsync(["GET", "key"], Token)).IsNil);
    }

    [Fact]
    public async Task Pause_Server_HangsUntilResumed()
    {
        await using var server = await RedisServer.StartAsync(Token);
        server.Pause();
        await using var connection = await server.Cli.OpenAsync(Token);
        var answer = connection.CallAsync(["PING"], Token);
        server.Resume();
        Assert.Equal("PONG", (await answer).Text);
    }

    [Fact]
    public async Task Dispose_PausedServer_LeavesNoProcessBehind()
    {
        var server = await RedisServer.StartAsync(Token);
        var id = server.Process.Id;
        server.Pause();
        await server.DisposeAsync();
        Assert.False(Directory.Exists($"/proc/{id}"));
    }

    [Fact]
    public async Task Access_PasswordAndUsers_AreAskedFor()
    {
        var settings = new RedisServerSettings { Password = "geheim", Users = [new RedisUser("reader", "pw", "~app||* +get")] };
        await using var server = await RedisServer.StartAsync(settings, Token);
        var nobody = new RedisCli(server.Endpoint with { Password = null });
        var reader = new RedisCli(server.Endpoint with { User = "reader", Password = "pw" });
        Assert.StartsWith("NOAUTH", await ErrorAsync(nobody, ["PING"]), StringComparison.Ordinal);
        Assert.StartsWith("WRONGPASS", await ErrorAsync(new RedisCli(server.Endpoint with { Password = "falsch" }), ["PING"]), StringComparison.Ordinal);
        Assert.StartsWith("NOPERM", await ErrorAsync(reader, ["SET", "app||a", "1"]), StringComparison.Ordinal);
        Assert.True((await reader.CallAsync(["GET", "app||a"], Token)).IsNil);
        await server.Cli.CallAsync(["ACL", "SETUSER", "default", "off"], Token);
        Assert.Equal("PONG", (await server.Cli.CallAsync(["PING"], Token)).Text);
    }

    [Fact]
    public async Task Tls_ClientCertificate_IsMandatory()
    {
        using var certificates = new CertificateSet();
        using var strange = new CertificateSet();
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { Certificates = certificates }, Token);
        var endpoint = new RedisEndpoint(server.TlsPort!.Value) { Certificates = certificates };
        Assert.Equal("PONG", (await new RedisCli(endpoint).CallAsync(["PING"], Token)).Text);
        await Assert.ThrowsAnyAsync<Exception>(() => new RedisCli(endpoint with { Certificates = strange }).CallAsync(["PING"], Token));
        await Assert.ThrowsAnyAsync<Exception>(() => new RedisCli(endpoint with { Certificates = null }).CallAsync(["PING"], Token));
    }

    [Fact]
    public async Task Start_BadLine_SaysWhy()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => RedisServer.StartAsync(new RedisServerSettings { Lines = ["no-such-setting 1"] }, Token));
        Assert.Contains("no-such-setting", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_Server_RefusesConnections()
    {
        await using var server = await RedisServer.StartAsync(Token);
        await server.KillAsync(Token);
        await Assert.ThrowsAsync<SocketException>(() => server.Cli.CallAsync(["PING"], Token));
        await server.StartAgainAsync(Token);
        Assert.Equal("PONG", (await server.Cli.CallAsync(["PING"], Token)).Text);
    }

    [Fact]
    public async Task Monitor_CommandsAndScripts_AreSeenAsSent()
    {
        await using var server = await RedisServer.StartAsync(Token);
        await using var monitor = await RedisMonitor.StartAsync(server.Cli, Token);
        const string script = "return redis.call('SET', KEYS[1],\n ARGV[1]) -- \"ä\\";
        var sha = (await server.Cli.CallAsync(["SCRIPT", "LOAD", script], Token)).Text!;
        await server.Cli.CallAsync(["EVALSHA", sha, 1, "k", new byte[] { 0xC3, 0xA4, 0, 7 }], Token);
        var loaded = await monitor.WaitForAsync(command => command.Name == "SCRIPT", Token);
        var called = await monitor.WaitForAsync(command => command.Source == "lua", Token);
        Assert.Equal(["SCRIPT", "LOAD", script], loaded.Arguments);
        Assert.Equal(["SET", "k", "ä\0\a"], called.Arguments);
    }

    private static async Task<string> ErrorAsync(RedisCli cli, IReadOnlyList<RedisArgument> command) =>
        (await Assert.ThrowsAsync<RedisErrorException>(() => cli.CallAsync(command, Token))).Message;
}
