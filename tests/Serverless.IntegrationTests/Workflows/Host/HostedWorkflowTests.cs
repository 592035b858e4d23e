using Serverless.Backends.Azurite;
using Serverless.Backends.PostgreSql;
using Serverless.Backends.Redis;
using Serverless.IntegrationTests.HostEmulator;

namespace Serverless.IntegrationTests.Workflows.Host;

/// <summary>Workflows of a user's own project behind the emulated host, on queues of Azurite, with each store that instances can share.</summary>
public sealed class HostedWorkflowTests(HostedWorkflowTests.Account account) : IClassFixture<HostedWorkflowTests.Account>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mix_OnTables_OfTwoInstances_Finishes()
    {
        var queues = account.Server;
        await RunMixAsync(WorkflowHosts.Store("state.azure.tablestorage", ("accountName", queues.Account), ("accountKey", queues.Key), ("serviceURL", queues.TableEndpoint), ("tableName", "hosted")));
    }

    [Fact]
    public async Task Mix_OnRedis_OfTwoInstances_Finishes()
    {
        await using var redis = await RedisServer.StartAsync(Token);
        await RunMixAsync(WorkflowHosts.Store("state.redis", ("redisHost", redis.Address)));
    }

    [Fact]
    public async Task Mix_OnPostgreSql_OfTwoInstances_Finishes()
    {
        await using var database = await PostgreSqlServer.StartAsync(Token);
        await RunMixAsync(WorkflowHosts.Store("state.postgresql", ("connectionString", database.ConnectionString)).Replace("version: v1", "version: v2", StringComparison.Ordinal));
    }

    /// <summary>The instance that works on an activity is killed: after its session has ended the other one does it.</summary>
    [Fact]
    public async Task Activity_OfAnInstanceThatIsKilled_IsTakenOver()
    {
        await using var redis = await RedisServer.StartAsync(Token);
        await using var hosts = await WorkflowHosts.StartAsync(WorkflowHosts.Settings(account.Server), 2, WorkflowHosts.Store("state.redis", ("redisHost", redis.Address)), Account.Dispatcher("takeover"));
        await hosts.Client.StartAsync("OneCall", "takeover", "\"Linger:8000\"");
        await Eventually.MustAsync("the activity is begun", async () => (await hosts.Client.HistoryAsync("takeover")).Any(static item => (string?)item["type"] == "TaskScheduled"), Limit, Token);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Token);

        // Which one has it is not known: each gets killed, one after the other is there again.
        await hosts.KillAsync(0);
        await hosts.StartAgainAsync(0);
        await hosts.KillAsync(1);
        await hosts.StartAgainAsync(1);

        var state = await hosts.Client.WaitAsync("takeover", Limit, () => hosts.Story);
        Assert.Equal("COMPLETED", (string?)state["runtimeStatus"]);
        Assert.Single(await hosts.Client.HistoryAsync("takeover"), static item => (string?)item["type"] == "TaskCompleted");
        await account.AssertNoPoisonAsync("takeover");
    }

    /// <summary>An activity that ends the process each time ends its workflow, and no other's.</summary>
    [Fact]
    public async Task Activity_ThatEndsTheProcessEachTime_FailsItsWorkflow()
    {
        await using var redis = await RedisServer.StartAsync(Token);
        await using var hosts = await WorkflowHosts.StartAsync(WorkflowHosts.Settings(account.Server), 2, WorkflowHosts.Store("state.redis", ("redisHost", redis.Address)), Account.Dispatcher("deadly"));
        await hosts.Client.StartAsync("OneCall", "deadly", "\"Crash:boom\"");
        await hosts.Client.StartAsync("Sequence", "bystander", "3");
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var reviving = ReviveAsync(hosts, stopped.Token);

        var state = await hosts.Client.WaitAsync("deadly", TimeSpan.FromSeconds(150), () => hosts.Story);

        Assert.Equal("FAILED", (string?)state["runtimeStatus"]);
        Assert.Contains("worker", (string?)state["properties"]!["dapr.workflow.failure.error_message"], StringComparison.Ordinal);
        Assert.Equal("COMPLETED", (string?)(await hosts.Client.WaitAsync("bystander", Limit, () => hosts.Story))["runtimeStatus"]);
        await stopped.CancelAsync();
        await reviving;
    }

    private async Task RunMixAsync(string store)
    {
        var name = $"mix{Guid.NewGuid():N}"[..12];
        await using var hosts = await WorkflowHosts.StartAsync(WorkflowHosts.Settings(account.Server), 2, store, Account.Dispatcher(name));
        var items = WorkloadItem.Mix(20);
        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (item, _) => await item.StartAsync(hosts.Client));

        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (item, _) => await item.CheckAsync(hosts.Client, Limit, () => hosts.Story));
        await account.AssertNoPoisonAsync(name);
    }

    // As the platform does with an instance whose host has stopped after its handler's third death.
    private static async Task ReviveAsync(WorkflowHosts hosts, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await hosts.ReviveAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    /// <summary>The account of the queues.</summary>
    public sealed class Account : IAsyncLifetime
    {
        private AzuriteServer? _server;

        /// <summary>The server.</summary>
        public AzuriteServer Server => _server!;

        /// <summary>A dispatcher with queues of its own.</summary>
        public static string Dispatcher(string name) => WorkflowHosts.StorageDispatcher(("turnsQueue", $"{name}-turns"), ("activitiesQueue", $"{name}-activities"));

        /// <summary>Fails unless nothing was given up.</summary>
        public async Task AssertNoPoisonAsync(string name)
        {
            foreach (var queue in (string[])[$"{name}-turns-poison", $"{name}-activities-poison"])
            {
                using var poison = new QueueRequests(Server.ConnectionString, queue);
                Assert.Equal(0, await poison.CountAsync(Token));
            }
        }

        /// <inheritdoc/>
        public async ValueTask InitializeAsync() => _server = await AzuriteServer.StartAsync(Token);

        /// <inheritdoc/>
        public async ValueTask DisposeAsync()
        {
            if (_server is not null)
            {
                await _server.DisposeAsync();
            }
        }
    }
}
