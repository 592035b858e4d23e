using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Load;

namespace Serverless.IntegrationTests.Redis;

/// <summary>design.md §5: the store moves to another server while it serves.</summary>
public sealed class RedisReloadTests
{
    private const int Moves = 4;
    private const int Workers = 8;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Store_MovesUnderLoad_NoRequestFailsAndOldConnectionsClose()
    {
        await using var first = await RedisServer.StartAsync(Token);
        await using var second = await RedisServer.StartAsync(Token);
        await using var app = await RedisApp.StartAsync(RedisApp.Store(first.Address));
        using var client = app.Client();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var load = Enumerable.Range(0, Workers).Select(number => Task.Run(() => LoadAsync(new StateHttp(client), $"moving-{number}", stop.Token), Token)).ToList();

        for (var move = 1; move <= Moves; move++)
        {
            var (from, to) = move % 2 == 0 ? (second, first) : (first, second);
            await to.Cli.CallAsync(["FLUSHALL"], Token);
            app.Folder.Replace("resources/store.yaml", RedisApp.Store(to.Address));

            await Eventually.MustAsync("writes arrive at the new server", async () => (await to.Cli.CallAsync(["DBSIZE"], Token)).Number == Workers, Limit, Token);
            await Eventually.MustAsync("the old server is left", async () => await ClientsAsync(from) == 0, Limit, Token);
        }

        app.Folder.Replace("resources/store.yaml", RedisApp.Store(RedisClusterApp.Nobody));
        await Eventually.MustAsync("the last good one stays", () => Task.FromResult(app.Output.HasLine(RedisClusterApp.Nobody, "the instance that was running stays")), Limit, Token);

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(load), requests => Assert.True(requests > Moves));
    }

    private static async Task<int> LoadAsync(StateHttp state, string key, CancellationToken stop)
    {
        var requests = 0;
        for (; !stop.IsCancellationRequested; requests++)
        {
            var saved = await state.SaveAsync(key, "1", Token);
            Assert.True(saved.IsSuccess, saved.ToString());
            var read = await state.GetAsync(key, Token);
            Assert.True(read is { IsSuccess: true, Body: "1" or "" }, read.ToString());
        }

        return requests;
    }

    // All but the one that asks.
    private static async Task<int> ClientsAsync(RedisServer server) =>
        (await server.Cli.CallAsync(["CLIENT", "LIST"], Token)).Text!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length - 1;
}
