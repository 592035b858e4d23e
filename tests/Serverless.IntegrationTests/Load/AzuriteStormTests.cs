using System.Net;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Load;

/// <summary>Connections and the server are lost under load, or it is busy or hangs: what was acknowledged is there, and the app goes on by itself.</summary>
public abstract class AzuriteStormTests<TApp>(TApp stores) : IClassFixture<TApp>
    where TApp : AzuriteApp
{
    private const int Cuts = 40;
    private const int Served = 10;
    private const int Failed = 4;
    private const int Share = 10;
    private const int Requests = 10;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The app and its server.</summary>
    protected TApp Stores => stores;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_ResetAgainAndAgain_ReadsSucceedAndWritesTellTheirFate()
    {
        await using var storm = await Stores.StartStormAsync(Stores.ProxiedState);
        for (var cut = 0; cut < Cuts; cut++)
        {
            await storm.ServeAsync(2);
            Stores.Proxy.CutAll();
        }

        await storm.ServeAsync(2);

        await storm.AssertNothingLostAsync(Stores.State);
        Assert.Equal(0, storm.FailedReads);
        Assert.True(Stores.Proxy.Accepted > Cuts, $"{Stores.Proxy.Accepted} connections");
    }

    [Fact]
    public async Task Server_RestartsUnderLoad_NothingAcknowledgedIsLost()
    {
        await using var storm = await Stores.StartStormAsync(Stores.State);
        await storm.ServeAsync(Served);
        await Stores.Server.StopAsync(Token);
        await storm.FailAsync(Failed);
        await Stores.Server.StartAgainAsync(Token);

        await storm.ServeAsync(Served);

        await storm.AssertNothingLostAsync();
    }

    [Fact]
    public async Task Service_BusyAgainAndAgain_NoRequestFails()
    {
        await using var proxy = await ThrottlingProxy.StartAsync(Stores.PortOf(Stores.Server), Share, Token);
        await using var app = await AppProcess.StartAsync(
            new AppSettings
            {
                Resources = new Dictionary<string, string> { ["store.yaml"] = Stores.Store(Stores.Server, IWireTarget.StoreName, proxy.Port, Stores.Server.Key) },
            },
            Token);
        using var client = app.Client();
        await using var storm = await Stores.StartStormAsync(new StateHttp(client));

        await storm.ServeAsync(Served);

        await storm.AssertNothingLostAsync();
        Assert.Equal((0, 0), (storm.FailedReads, storm.FailedWrites));
        Assert.True(proxy.Refused > Served, $"{proxy.Refused} refused");
    }

    [Fact]
    public async Task Server_Hangs_RequestsEndWithinTheTimeoutAndOtherStoresServe()
    {
        Assert.True((await Stores.State.SaveAsync("hung", "1", Token)).IsSuccess);
        Stores.Server.Pause();
        var reads = Enumerable.Range(0, Requests).Select(_ => Stores.State.GetAsync("hung", Token)).ToList();
        var writes = Enumerable.Range(0, Requests).Select(number => Stores.State.SaveAsync($"hung-{number}", "2", Token)).ToList();
        var ended = Task.WhenAll(reads.Concat(writes));

        var served = 0;
        for (; !ended.IsCompleted; served++)
        {
            Assert.True((await Stores.MemoryState.SaveAsync("k", "1", Token)).IsSuccess);
        }

        Assert.True(served > Requests, $"{served} served");
        Assert.All(await Task.WhenAll(reads), answer => Assert.Equal((HttpStatusCode.InternalServerError, "ERR_STATE_GET"), (answer.Status, answer.ErrorCode)));
        Assert.All(await Task.WhenAll(writes), answer => Assert.Equal(WriteFate.Unknown, answer.Fate));
        Assert.All(await ended, answer => Assert.Contains("no answer within 15 s", answer.Message, StringComparison.Ordinal));

        Stores.Server.Resume();
        await Eventually.MustAsync("it works again", async () => (await Stores.State.SaveAsync("hung", "3", Token)).IsSuccess, Limit, Token);
        Assert.Equal("3", (await Stores.State.GetAsync("hung", Token)).Body);
    }
}
