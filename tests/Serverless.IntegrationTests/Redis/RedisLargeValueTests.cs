using System.Text;
using System.Text.Json.Nodes;
using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Load;
using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Redis;

/// <summary>Values of 16 MiB.</summary>
public sealed class RedisLargeValueTests
{
    private const int Size = 16 << 20;
    private const int AtOnce = 3;
    private const int MemoryAtOnce = 2;
    private const int Rounds = 12;

    // 768 MiB. Without a limit the collector lets the heap grow for minutes, because the machine has memory.
    private const string HeapLimit = "0x30000000";
    private const double AllowedGrowth = 1.2;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly string[] Values = [.. Enumerable.Range(0, AtOnce).Select(Value)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Values_OfSixteenMebibytes_ArriveUnchangedWhileOthersAreServed()
    {
        await using var server = await RedisServer.StartAsync(Token);
        await using var app = await StartAsync(server);
        using var client = app.Client();
        var state = new StateHttp(client);
        Assert.True((await state.SaveAsync("small", "1", Token)).IsSuccess);

        var large = Task.WhenAll(Enumerable.Range(0, AtOnce).Select(number => ExchangeAsync(state, number)));
        var served = 0;
        for (; !large.IsCompleted; served++)
        {
            Assert.Equal("1", (await state.GetAsync("small", Token)).Body);
        }

        await large;
        Assert.True(served > 0);
        var bulk = JsonNode.Parse((await state.GetAllAsync(Enumerable.Range(0, AtOnce).Select(number => $"large-{number}"), Token)).Body)!.AsArray();
        Assert.True(Values.Select(value => value[1..^1]).SequenceEqual(bulk.Select(item => item!["data"]!.GetValue<string>())));
        Assert.True((await state.TransactAsync([("t-0", Values[1]), ("t-1", Values[0])], Token)).IsSuccess);
        Assert.True((await state.GetAsync("t-0", Token)).Body == Values[1] && (await state.GetAsync("t-1", Token)).Body == Values[0]);
    }

    [Fact]
    public async Task Memory_AfterManyLargeValues_ComesBackToItsWarmValue()
    {
        await using var server = await RedisServer.StartAsync(Token);
        await using var app = await StartAsync(server, ("DOTNET_GCHeapHardLimit", HeapLimit));
        using var client = app.Client();
        var state = new StateHttp(client);
        var warm = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            warm = Math.Max(warm, await RoundAsync(app, state));
        }

        for (var round = 0; round < Rounds; round++)
        {
            await RoundAsync(app, state);
        }

        var isBack = await Eventually.TrueAsync(async () => await RoundAsync(app, state) <= warm * AllowedGrowth, Limit, Token);
        Assert.True(isBack, $"{app.Process.ResidentBytes >> 20} MiB, warm {warm >> 20} MiB");
    }

    // Other processes may keep the processors busy for longer than the usual 3 s.
    private static Task<AppProcess> StartAsync(RedisServer server, params (string Name, string Value)[] environment) => AppProcess.StartAsync(
        new AppSettings
        {
            Resources = new Dictionary<string, string> { ["store.yaml"] = RedisApp.Store(server.Address, ("readTimeout", "20s")) },
            Arguments = ["--max-body-size", "64Mi"],
            Environment = environment.ToDictionary(item => item.Name, item => item.Value),
        },
        Token);

    private static async Task<long> RoundAsync(AppProcess app, StateHttp state)
    {
        await Task.WhenAll(Enumerable.Range(0, MemoryAtOnce).Select(number => ExchangeAsync(state, number)));
        return app.Process.ResidentBytes;
    }

    private static async Task ExchangeAsync(StateHttp state, int number)
    {
        var key = $"large-{number}";
        var saved = await state.SaveAsync(key, Values[number], Token);
        Assert.True(saved.IsSuccess, saved.ToString());
        Assert.True((await state.GetAsync(key, Token)).Body == Values[number], $"{key} came back changed");
    }

    // Letters by chance, the same in each run.
    private static string Value(int seed)
    {
        var bytes = new byte[Size];
        new Random(seed).NextBytes(bytes);
        return $"\"{Encoding.Latin1.GetString(bytes.AsSpan().ToArray().Select(piece => (byte)('a' + (piece % 26))).ToArray())}\"";
    }
}
