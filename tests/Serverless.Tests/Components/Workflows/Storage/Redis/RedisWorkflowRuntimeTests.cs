using System.Globalization;
using Serverless.Backends.Processes;
using Serverless.Backends.Redis;
using Serverless.Components.Registry;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Execution;
using Serverless.Components.Workflows.Instances;
using Serverless.Components.Workflows.Storage;
using Serverless.Tests.Clients.Redis.Cluster;
using Serverless.Tests.Components.State.Redis;

namespace Serverless.Tests.Components.Workflows.Storage.Redis;

/// <summary>The engine over Redis.</summary>
public sealed class RedisWorkflowRuntimeTests(RedisClusterFixture cluster) : IClassFixture<RedisClusterFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly (string Name, string Input, string Output)[] Programs =
    [
        ("Nothing", "7", "7"), ("Chain", "5", "5"), ("FanOut", "100", "5050"), ("Sleep", "200", "\"awake\""), ("Parent", "3", "6"), ("Countdown", "10", "0"), ("Large", "200000", "200000"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Workflows_ServerKilled_AllCompleteAndPurgeLeavesNothing()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { IsDurable = true }, Token);
        await using (var first = await OpenAsync(RedisStores.Context(server.Address, TimeProvider.System)))
        await using (var second = await OpenAsync(RedisStores.Context(server.Address, TimeProvider.System)))
        {
            var running = StartAsync(first.Engine, 6);
            await server.CrashAsync(Token);
            var more = StartAsync(second.Engine, 6, "again");
            var ids = await running;
            await server.CrashAsync(Token);
            ids.AddRange(await more);
            await EndAsync(second.Engine, ids);
            await Eventually.MustAsync("all work is done", async () => (await KeysAsync(server, "turns", "activities", "others", "owned")).Count == 0, Patience, Token);
            await RedisWorkflowAudit.VerifyAsync(server, Token);
            foreach (var (id, _) in ids)
            {
                Assert.Equal(WorkflowOutcome.Done, await RepeatAsync(() => first.Engine.PurgeAsync(id, Token)));
            }
        }

        // A process that lost touch with the server took another session; the former one waits for its expiry.
        Assert.Empty((await KeysAsync(server)).Except(["{app||workflow||0}sessions", "{app||workflow||0}workers"]));
    }

    [Fact]
    public async Task Workflows_OnACluster_AllComplete()
    {
        (string, string)[] items = [("redisType", "cluster"), ("redisPassword", "secret")];
        await using var first = await OpenAsync(RedisStores.Context(cluster.Servers.Addresses, TimeProvider.System, items));
        await using var second = await OpenAsync(RedisStores.Context(cluster.Servers.Addresses, TimeProvider.System, items));

        var ids = await StartAsync(first.Engine, 6);

        await EndAsync(second.Engine, ids);
    }

    /// <summary>Figures on this machine: a tool, no gate.</summary>
    [Theory(Explicit = true)]
    [InlineData("Chain", "5", 350, 5000, true)]
    [InlineData("Chain", "5", 350, 5000, false)]
    [InlineData("FanOut", "10", 110, 3000, true)]
    [InlineData("FanOut", "10", 110, 3000, false)]
    [InlineData("Sleep", "1000", 10_000, 10_000, true)]
    public async Task Workflows_Many_PerSecond(string name, string input, int concurrent, int count, bool isDurable)
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { IsDurable = isDurable }, Token);
        await using var runtime = await OpenAsync(RedisStores.Context(server.Address, TimeProvider.System), TimeSpan.FromSeconds(5));
        await RunAsync(runtime.Engine, "warm", concurrent);
        var begun = TimeProvider.System.GetTimestamp();
        await RunAsync(runtime.Engine, "run", count);
        var seconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture, $"{name} on Redis, durable {isDurable}: {count / seconds:F0} workflows/s"));

        async Task RunAsync(IWorkflowEngine engine, string prefix, int number)
        {
            var next = 0;
            await Task.WhenAll(Enumerable.Range(0, concurrent).Select(_ => Task.Run(
                async () =>
                {
                    for (var i = Interlocked.Increment(ref next); i <= number; i = Interlocked.Increment(ref next))
                    {
                        Assert.Equal(WorkflowOutcome.Done, await engine.StartAsync(new WorkflowStart($"{prefix}-{i}", name, input), Token));
                        while (await engine.GetAsync($"{prefix}-{i}", Token) is not { Status: WorkflowRuntimeStatus.Completed })
                        {
                            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
                        }
                    }
                },
                Token)));
        }
    }

    private static async Task<WorkflowRuntime> OpenAsync(ComponentContext context, TimeSpan? heartbeat = null)
    {
        var options = new WorkflowRuntimeOptions
        {
            Context = context,
            AppId = "app",
            Catalog = Execution.Programs.Catalog(),
            Heartbeat = heartbeat ?? TimeSpan.FromSeconds(1),
        };
        return await WorkflowRuntime.OpenAsync(options, WorkflowStores.Create(context, "app"), Token);
    }

    private static async Task<List<(string Id, string Output)>> StartAsync(IWorkflowEngine engine, int rounds, string prefix = "w")
    {
        var ids = new List<(string, string)>();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, input, output) in Programs)
            {
                var id = $"{prefix}-{name}-{round}";
                Assert.Contains(await RepeatAsync(() => engine.StartAsync(new WorkflowStart(id, name, input), Token)), Started);
                ids.Add((id, output));
            }
        }

        return ids;
    }

    // A start that failed may have been made.
    private static IReadOnlyList<WorkflowOutcome> Started { get; } = [WorkflowOutcome.Done, WorkflowOutcome.IsActive];

    private static async Task EndAsync(IWorkflowEngine engine, List<(string Id, string Output)> ids)
    {
        foreach (var (id, output) in ids)
        {
            WorkflowState? state = null;
            await Eventually.MustAsync(
                $"{id} completes",
                async () => (state = await RepeatAsync(() => engine.GetAsync(id, Token))) is { Status: WorkflowRuntimeStatus.Completed },
                Patience,
                Token);
            Assert.Equal(output, state!.Output);
        }
    }

    private static async Task<T> RepeatAsync<T>(Func<ValueTask<T>> call)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (WorkflowEngineException) when (attempt < 200)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token);
            }
        }
    }

    private static async Task<List<string>> KeysAsync(RedisServer server, params string[] ends)
    {
        var keys = (await server.Cli.CallAsync(["KEYS", "*"], Token)).List.Select(key => key!);
        return [.. keys.Where(key => ends.Length == 0 || ends.Any(end => key.EndsWith("}" + end, StringComparison.Ordinal)))];
    }
}
