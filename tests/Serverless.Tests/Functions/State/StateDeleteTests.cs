using Serverless.Components.State;

namespace Serverless.Tests.Functions.State;

public sealed class StateDeleteTests
{
    [Fact]
    public async Task Delete_PassesEverythingAsItIs()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.SendAsync("DELETE", "/v1.0/state/store/k?concurrency=c&consistency=d&metadata.a=1", null, "If-Match: W/\"7\"");
        Assert.Equal((204, ""), (response.Status, response.Body));
        var delete = Assert.Single(store.Deletes);
        Assert.Equal(("app||k", "W/\"7\"", "c", "d"), (delete.Key, delete.ETag, delete.Options.Concurrency, delete.Options.Consistency));
        Assert.Equal("1", delete.Metadata["a"]);
    }

    [Theory]
    [InlineData]
    [InlineData("If-Match:")]
    public async Task Delete_NoOrEmptyIfMatch_HasNoEtag(params string[] headers)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        Assert.Equal(204, (await server.SendAsync("DELETE", "/v1.0/state/store/bulk", null, headers)).Status);
        Assert.False(Assert.Single(store.Deletes).HasETag);
    }

    [Theory]
    [InlineData(StateOutcome.EtagMismatch, 409, "possible etag mismatch. error from state store: e")]
    [InlineData(StateOutcome.EtagInvalid, 400, "invalid etag value: e")]
    [InlineData(StateOutcome.Rejected, 500, "e")]
    public async Task Delete_Fails_HasItsStatus(StateOutcome outcome, int status, string detail)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        store.OnDelete = _ => new StateResult(outcome, "e");
        var response = await server.SendAsync("DELETE", "/v1.0/state/store/k");
        Assert.Equal((status, $$"""{"errorCode":"ERR_STATE_DELETE","message":"failed deleting state with key k: {{detail}}"}"""), (response.Status, response.Body));
    }

    [Fact]
    public async Task Delete_StoreThrows_Is500()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        store.OnDelete = _ => throw new InvalidOperationException("no");
        var response = await server.SendAsync("DELETE", "/v1.0/state/store/k");
        Assert.Equal((500, """{"errorCode":"ERR_STATE_DELETE","message":"failed deleting state with key k: no"}"""), (response.Status, response.Body));
    }

    [Fact]
    public async Task Delete_IllegalKey_IsMalformed()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        Assert.Equal(400, (await server.SendAsync("DELETE", "/v1.0/state/store/a||b")).Status);
        Assert.Empty(store.Deletes);
    }
}
