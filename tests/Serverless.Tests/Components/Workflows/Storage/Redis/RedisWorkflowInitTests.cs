using Serverless.Backends.Processes;
using Serverless.Backends.Redis;
using Serverless.Components.Registry;
using Serverless.Components.Workflows.Storage;
using Serverless.Components.Workflows.Storage.Redis;
using Serverless.Tests.Components.State;
using Serverless.Tests.Components.State.Redis;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.Workflows.Storage.Redis;

/// <summary>Starting.</summary>
public sealed class RedisWorkflowInitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Create_ByType_IsRedis() =>
        Assert.IsType<RedisWorkflowStore>(WorkflowStores.Create(RedisStores.Context("localhost:1", TimeProvider.System), "app"));

    [Fact]
    public void Create_UnusableSetting_SaysWhich() =>
        Assert.Contains("redisType", Assert.Throws<ComponentException>(
            () => WorkflowStores.Create(RedisStores.Context("localhost:1", TimeProvider.System, ("redisType", "ring")), "app")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Init_NobodyListens_SaysWhere()
    {
        var address = $"127.0.0.1:{FreePort.Lasting()}";
        await using var store = new RedisWorkflowStore(RedisStores.Context(address, TimeProvider.System, ("redisMaxRetries", "-1")), "app");

        var fault = await Assert.ThrowsAsync<WorkflowStoreException>(() => store.InitializeAsync(Token));

        Assert.StartsWith($"component 'statestore': redis workflow store: error connecting to redis at {address}: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_WrongPassword_ShowsNoSecret()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { Password = "right-0815" }, Token);
        await using var store = new RedisWorkflowStore(RedisStores.Context(server.Address, TimeProvider.System, ("redisPassword", "wrong-4711")), "app");

        var fault = await Assert.ThrowsAsync<WorkflowStoreException>(() => store.InitializeAsync(Token));

        Assert.Contains("WRONGPASS", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("4711", fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("allkeys-lru", "100mb", true)]
    [InlineData("allkeys-random", "100mb", true)]
    [InlineData("allkeys-lru", "0", false)]
    [InlineData("volatile-lru", "100mb", false)]
    [InlineData("noeviction", "100mb", false)]
    public async Task Init_ServerThatEvicts_Warns(string policy, string memory, bool warns)
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { Lines = [$"maxmemory {memory}", $"maxmemory-policy {policy}"] }, Token);
        var log = new LogCapture();
        await using var store = new RedisWorkflowStore(RedisStores.Context(server.Address, TimeProvider.System).LoggingTo(log), "app");

        await store.InitializeAsync(Token);

        Assert.Equal(warns, log.Messages.Any(message => message.StartsWith("Warning", StringComparison.Ordinal) && message.Contains("noeviction", StringComparison.Ordinal)));
    }
}
