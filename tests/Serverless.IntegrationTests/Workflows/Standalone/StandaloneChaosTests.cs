using Serverless.Backends.Azurite;
using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Workflows.Host;

namespace Serverless.IntegrationTests.Workflows.Standalone;

/// <summary>Standalone processes that compete for the workflows of one store, while they get SIGKILL every few seconds.</summary>
public sealed class StandaloneChaosTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The short variant: 100 workflows, two processes, five kills.</summary>
    [Theory]
    [InlineData("sqlite")]
    [InlineData("redis")]
    [InlineData("tables")]
    public Task Workflows_WhileProcessesAreKilled_AllFinishOnce(string store) => RunAsync(store, 100, 2, 5);

    /// <summary>200 workflows, three processes, thirty kills.</summary>
    [Theory(Explicit = true)]
    [InlineData("sqlite")]
    [InlineData("redis")]
    [InlineData("tables")]
    public Task ManyWorkflows_WhileProcessesAreKilled_AllFinishOnce(string store) => RunAsync(store, 200, 3, 30);

    [Theory]
    [InlineData("sqlite")]
    [InlineData("redis")]
    [InlineData("tables")]
    public async Task FanOut_OfAThousandOverFourProcesses_Finishes(string store)
    {
        await using var place = await Place.OpenAsync(store);
        await using var processes = await WorkflowProcesses.StartAsync(place.Component, 4);
        var wide = new WorkloadItem("wide", "Spread", "1000", 1000, 0);
        await wide.StartAsync(processes.Client);
        await wide.CheckAsync(processes.Client, Limit, () => processes.Story);
    }

    private static async Task RunAsync(string store, int count, int instances, int kills)
    {
        var random = new Random(6);
        await using var place = await Place.OpenAsync(store);
        await using var processes = await WorkflowProcesses.StartAsync(place.Component, instances);
        var items = WorkloadItem.Mix(count);
        var starting = Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (item, _) =>
        {
            await item.StartAsync(processes.Client);

            // So that there is something to kill all along.
            await Task.Delay(TimeSpan.FromMilliseconds(4 * kills * 1500 / count), TimeProvider.System, Token);
        });
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1000 + random.Next(2000)), TimeProvider.System, Token);
            await processes.KillAsync(kill % instances);
            await processes.StartAgainAsync(kill % instances);
        }

        await starting;
        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (item, _) => await item.CheckAsync(processes.Client, Limit, () => processes.Story));
    }

    /// <summary>A store that processes share.</summary>
    private sealed class Place(string component, IAsyncDisposable? server, TempFolder? folder) : IAsyncDisposable
    {
        public string Component => component;

        public static async Task<Place> OpenAsync(string store)
        {
            switch (store)
            {
                case "redis":
                    var redis = await RedisServer.StartAsync(Token);
                    return new Place(WorkflowHosts.Store("state.redis", ("redisHost", redis.Address)), redis, null);
                case "tables":
                    var azurite = await AzuriteServer.StartAsync(Token);
                    return new Place(
                        WorkflowHosts.Store("state.azure.tablestorage", ("accountName", azurite.Account), ("accountKey", azurite.Key), ("serviceURL", azurite.TableEndpoint), ("tableName", "chaos")),
                        azurite,
                        null);
                default:
                    var folder = new TempFolder();
                    return new Place(WorkflowHosts.Store("state.sqlite", ("connectionString", folder.At("workflows.db"))), null, folder);
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }

            folder?.Dispose();
        }
    }
}
