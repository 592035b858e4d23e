using System.Net;
using Serverless.IntegrationTests.Backends;
using Serverless.IntegrationTests.Load;

namespace Serverless.IntegrationTests.AzureTables;

/// <summary>The table is lost, too.</summary>
public sealed class TableStormTests(TableApp tables) : AzuriteStormTests<TableApp>(tables)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Table_DeletedUnderUs_IsToldAndUsedAgainOnceItIsBack()
    {
        using var requests = new AzuriteRequests();
        Assert.True((await Stores.State.SaveAsync("k", "1", Token)).IsSuccess);
        var table = $"{Stores.Server.TableEndpoint}/Tables";
        var none = new Dictionary<string, string>();
        Assert.Equal(HttpStatusCode.NoContent, (await requests.SendAsync(HttpMethod.Delete, $"{table}('{TableApp.Table}')?{AzuriteRequests.AccountSas}", null, none)).Status);

        var read = await Stores.State.GetAsync("k", Token);
        var write = await Stores.State.SaveAsync("k", "2", Token);
        var transaction = await Stores.State.TransactAsync([("k", "2"), ("l", "2")], Token);
        var deletion = await Stores.State.DeleteAsync("k", Token);
        Assert.Equal((HttpStatusCode.InternalServerError, "ERR_STATE_GET"), (read.Status, read.ErrorCode));
        Assert.All([write, transaction, deletion], answer => Assert.Equal((HttpStatusCode.InternalServerError, WriteFate.NotMade), (answer.Status, answer.Fate)));
        Assert.All([read, write, transaction, deletion], answer => Assert.Contains("404 TableNotFound", answer.Message, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.Created, (await requests.SendAsync(HttpMethod.Post, $"{table}?{AzuriteRequests.AccountSas}", ("application/json", $$"""{"TableName":"{{TableApp.Table}}"}"""), none)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await Stores.State.GetAsync("k", Token)).Status);
        Assert.True((await Stores.State.SaveAsync("k", "3", Token)).IsSuccess);
        Assert.Equal("3", (await Stores.State.GetAsync("k", Token)).Body);
    }
}
