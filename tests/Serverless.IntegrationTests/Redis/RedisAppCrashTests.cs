using Serverless.Backends.Network;
using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Load;
using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Redis;

/// <summary>The app, or the primary below it, is killed in the middle of writes.</summary>
public sealed class RedisAppCrashTests
{
    private const int Kills = 3;
    private const int Writers = 6;
    private const int AcknowledgementsPerRound = 150;
    private const int Served = 10;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task App_KilledInAStormOfWrites_EveryAcknowledgedWriteIsThere()
    {
        await using var server = await RedisServer.StartAsync(Token);
        var writers = Enumerable.Range(0, Writers).Select(number => new StormWriter($"kill-{number}")).ToList();
        for (var round = 0; round < Kills; round++)
        {
            await using var app = await RedisApp.StartAsync(RedisApp.Store(server.Address));
            await StormAsync(app, writers);
        }

        await using var last = await RedisApp.StartAsync(RedisApp.Store(server.Address));
        using var client = last.Client();
        foreach (var ledger in writers.Select(writer => writer.Ledger))
        {
            foreach (var key in ledger.Keys)
            {
                var body = (await new StateHttp(client).GetAsync(key, Token)).Body;
                Assert.Null(ledger.Complaint(key, body.Length > 0 ? long.Parse(body, System.Globalization.CultureInfo.InvariantCulture) : null));
            }
        }
    }

    [Fact]
    public async Task StrongWrites_PrimaryKilledAndReplicaPromoted_AreOnTheReplica()
    {
        await using var pair = await RedisReplicaPair.StartAsync(Token);
        var replica = pair.Replicas[0];
        await using var proxy = new TcpProxy(pair.Primary.Port);
        await using var app = await RedisApp.StartAsync(RedisApp.Store($"127.0.0.1:{proxy.Port}"));
        using var client = app.Client();
        var state = new StateHttp(client);
        await using var storm = Storm.Start(state, Token, isStrong: true);

        await storm.ServeAsync(Served);
        await pair.Primary.KillAsync(Token);
        await storm.FailAsync(Served);
        await replica.Cli.CallAsync(["REPLICAOF", "NO", "ONE"], Token);
        await storm.StopAsync();
        proxy.TargetPort = replica.Port;
        await Eventually.MustAsync("the promoted replica serves", async () => (await state.GetAsync("k", Token)).IsSuccess, Limit, Token);

        await storm.AssertNothingLostAsync();
    }

    private static async Task StormAsync(AppProcess app, List<StormWriter> writers)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var client = app.Client();
        var goal = Acknowledged(writers) + AcknowledgementsPerRound;
        var running = writers.Select(writer => Task.Run(() => writer.RunUntilKilledAsync(new StateHttp(client), stop.Token), Token)).ToList();

        var isStorm = await Eventually.TrueAsync(() => Acknowledged(writers) >= goal || running.Exists(task => task.IsFaulted), Limit, Token);
        await app.Process.KillAsync(Token);
        await stop.CancelAsync();
        await Task.WhenAll(running);
        Assert.True(isStorm, "the writers should get their acknowledgements");
    }

    private static int Acknowledged(List<StormWriter> writers) => writers.Sum(writer => writer.Ledger.Acknowledgements);
}
