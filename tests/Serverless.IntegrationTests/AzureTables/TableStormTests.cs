using System.Net;
using Serverless.IntegrationTests.Backends;
using Serverless.IntegrationTests.Load;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.AzureTables;

/// <summary>Connections, the server and the table are lost under load: what was acknowledged is there, and the app goes on by itself.</summary>
public sealed class TableStormTests(TableApp tables) : IClassFixture<TableApp>
{
    private const int Cuts = 40;
    private const int Served = 10;
    private const int Failed = 4;
    private const int Share = 10;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_ResetAgainAndAgain_ReadsSucceedAndWritesTellTheirFate()
    {
        await using var storm = Storm.Start(tables.ProxiedState, Token);
        for (var cut = 0; cut < Cuts; cut++)
        {
            await storm.ServeAsync(2);
            tables.Proxy.CutAll();
        }

        await storm.ServeAsync(2);

        await storm.AssertNothingLostAsync(tables.State);
        Assert.Equal(0, storm.FailedReads);
        Assert.True(tables.Proxy.Accepted > Cuts, $"{tables.Proxy.Accepted} connections");
    }

    [Fact]
    public async Task Server_RestartsUnderLoad_NothingAcknowledgedIsLost()
    {
        await using var storm = Storm.Start(tables.State, Token);
        await storm.ServeAsync(Served);
        await tables.Server.StopAsync(Token);
        await storm.FailAsync(Failed);
        await tables.Server.StartAgainAsync(Token);

        await storm.ServeAsync(Served);

        await storm.AssertNothingLostAsync();
    }

    [Fact]
    public async Task Service_BusyAgainAndAgain_NoRequestFails()
    {
        await using var proxy = await ThrottlingProxy.StartAsync(tables.Server.TablePort, Share, Token);
        await using var app = await AppProcess.StartAsync(
            new AppSettings
            {
                Resources = new Dictionary<string, string> { ["store.yaml"] = TableApp.Store(tables.Server, IWireTarget.StoreName, proxy.Port, tables.Server.Key) },
            },
            Token);
        using var client = app.Client();
        await using var storm = Storm.Start(new StateHttp(client), Token);

        await storm.ServeAsync(Served);

        await storm.AssertNothingLostAsync();
        Assert.Equal((0, 0), (storm.FailedReads, storm.FailedWrites));
        Assert.True(proxy.Refused > Served, $"{proxy.Refused} refused");
    }

    [Fact]
    public async Task Table_DeletedUnderUs_IsToldAndUsedAgainOnceItIsBack()
    {
        using var requests = new AzuriteRequests();
        Assert.True((await tables.State.SaveAsync("k", "1", Token)).IsSuccess);
        var table = $"{tables.Server.TableEndpoint}/Tables";
        var none = new Dictionary<string, string>();
        Assert.Equal(HttpStatusCode.NoContent, (await requests.SendAsync(HttpMethod.Delete, $"{table}('{TableApp.Table}')?{AzuriteRequests.AccountSas}", null, none)).Status);

        var read = await tables.State.GetAsync("k", Token);
        var write = await tables.State.SaveAsync("k", "2", Token);
        var transaction = await tables.State.TransactAsync([("k", "2"), ("l", "2")], Token);
        var deletion = await tables.State.DeleteAsync("k", Token);
        Assert.Equal((HttpStatusCode.InternalServerError, "ERR_STATE_GET"), (read.Status, read.ErrorCode));
        Assert.All([write, transaction, deletion], answer => Assert.Equal((HttpStatusCode.InternalServerError, WriteFate.NotMade), (answer.Status, answer.Fate)));
        Assert.All([read, write, transaction, deletion], answer => Assert.Contains("404 TableNotFound", answer.Message, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.Created, (await requests.SendAsync(HttpMethod.Post, $"{table}?{AzuriteRequests.AccountSas}", ("application/json", $$"""{"TableName":"{{TableApp.Table}}"}"""), none)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await tables.State.GetAsync("k", Token)).Status);
        Assert.True((await tables.State.SaveAsync("k", "3", Token)).IsSuccess);
        Assert.Equal("3", (await tables.State.GetAsync("k", Token)).Body);
    }
}
