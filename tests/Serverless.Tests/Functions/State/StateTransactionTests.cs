using System.Text;
using Serverless.Components.Registry;
using Serverless.Components.State;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.State;

public sealed class StateTransactionTests
{
    private const string Target = "/v1.0/state/store/transaction";
    private const string Prefix = """{"errorCode":"ERR_MALFORMED_REQUEST","message":"failed deserializing HTTP body: """;

    private const string NotSupported = """{"errorCode":"ERR_STATE_STORE_NOT_SUPPORTED","message":"state store store doesn't support transactions","details":[{"@type":"type.googleapis.com/google.rpc.Help","links":[{"description":"Check the list of state stores and the features they support","url":"https://docs.dapr.io/reference/components-reference/supported-state-stores/"}]},{"@type":"type.googleapis.com/google.rpc.ResourceInfo","description":"","owner":"","resource_name":"store","resource_type":"state"},{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":null,"reason":"DAPR_STATE_TRANSACTIONS_NOT_SUPPORTED"}]}""";

    [Fact]
    public async Task Transaction_PlainStore_IsNotSupportedEvenWithABadBody()
    {
        await using var server = await ApiServer.StartAsync();
        StateServer.AddStore(server, "store", new PlainStateStore());
        var response = await server.SendAsync("POST", Target, "bad");
        Assert.Equal((500, NotSupported), (response.Status, response.Body));
    }

    [Fact]
    public async Task Transaction_StoreWithoutTheFeature_IsNotSupported()
    {
        await using var server = await ApiServer.StartAsync();
        StateServer.AddStore(server, "store", new FakeStateStore { Capabilities = ["ETAG"] });
        Assert.Equal(NotSupported, (await server.SendAsync("PUT", Target, "{}")).Body);
    }

    [Theory]
    [InlineData("", "EOF")]
    [InlineData("[]", "expected an object for the body at byte 0, got an array")]
    [InlineData("{\"operations\":{}}", "expected an array for operations at byte 14, got an object")]
    [InlineData("{\"operations\":[1]}", "expected an object for an operation at byte 15, got a number")]
    [InlineData("{\"operations\":[],\"metadata\":{\"a\":1}}", "expected a string for metadata at byte 33, got a number")]
    [InlineData("{\"operations\":[{\"operation\":1}]}", "expected a string for operation at byte 28, got a number")]
    [InlineData("{\"operations\":[{\"operation\":\"upsert\",\"request\":[]}]}", "request: expected an object for an item at byte 0, got an array")]
    [InlineData("{\"operations\":[{\"operation\":\"upsert\",\"request\":7}]}", "request: expected an array or an object, got a number")]
    [InlineData("{\"operations\":[{\"operation\":\"delete\",\"request\":{\"key\":1}}]}", "request: expected a string for key at byte 7, got a number")]
    [InlineData("{\"operations\":[{\"operation\":\"upsert\",\"request\":{\"key\":\"k\",\"etag\":1}}]}", "request: expected a string for etag at byte 18, got a number")]
    [InlineData("{\"operations\":[{\"operation\":\"upsert\",\"request\":{\"key\":\"k\",\"metadata\":{\"a\":[]}}}]}", "request: expected a string for metadata at byte 27, got an array")]
    public async Task Transaction_WrongBody_IsMalformedWithPrefix(string body, string message)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.SendAsync("POST", Target, body);
        Assert.Equal((400, $"{Prefix}{message}\"}}"), (response.Status, response.Body));
        Assert.Empty(store.Transactions);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"operations\":null,\"metadata\":null}")]
    [InlineData("{\"operations\":[]}")]
    public async Task Transaction_NoOperations_Is204(string body)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        Assert.Equal(204, (await server.SendAsync("POST", Target, body)).Status);
        Assert.Empty(store.Transactions);
    }

    [Theory]
    [InlineData("{\"operation\":\"Upsert\"}", "operation type Upsert not supported")]
    [InlineData("{}", "operation type  not supported")]
    [InlineData("null", "operation type  not supported")]
    [InlineData("{\"operation\":null}", "operation type  not supported")]
    [InlineData("{\"operation\":\"x\"},{\"operation\":\"upsert\",\"request\":1}", "operation type x not supported")]
    public async Task Transaction_UnknownOperation_AppliesNothing(string operation, string message)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.SendAsync("POST", Target, $$"""{"operations":[{"operation":"upsert","request":{"key":"a"} },{{operation}}]}""");
        Assert.Equal((400, $$"""{"errorCode":"ERR_NOT_SUPPORTED_STATE_OPERATION","message":"{{message}}"}"""), (response.Status, response.Body));
        Assert.Empty(store.Transactions);
    }

    [Theory]
    [InlineData("upsert")]
    [InlineData("delete")]
    public async Task Transaction_IllegalKey_HasAnEmptyField(string operation)
    {
        var (server, _) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.SendAsync("POST", Target, $$"""{"operations":[{"operation":"{{operation}}","request":{"key":"a||b"} }]}""");
        Assert.Equal(400, response.Status);
        const string Message = "api error: code = InvalidArgument desc = input key/keyPrefix 'a||b' can't contain '||'";
        Assert.StartsWith($$"""{"errorCode":"ERR_MALFORMED_REQUEST","message":"{{Message}}","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","field_violations":[{"field":"","description":"{{Message}}"}]},""", response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transaction_Full_ReachesTheStoreInOrder()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var body = """
            {"OPERATIONS":[
              {"request":{"KEY":"a","Value":{ "x": 1 },"etag":"5","metadata":{"u":"item","v":"item"},"options":{"concurrency":"first-write"},"contentType":"t"},"operation":"upsert"},
              {"operation":"delete","request":{"key":"b","etag":"6","value":"ignored","contentType":7}},
              {"operation":"upsert"}],
             "metadata":{"p":"body","u":"body"}}
            """;
        Assert.Equal(204, (await server.SendAsync("PUT", Target + "?metadata.u=url", body)).Status);
        var transaction = Assert.Single(store.Transactions);
        Assert.Equal([("p", "body"), ("u", "url")], transaction.Metadata.Select(item => (item.Key, item.Value)));
        var (first, second, third) = (transaction.Operations[0].Set!, transaction.Operations[1].Delete!, transaction.Operations[2].Set!);
        Assert.Equal(("app||a", "{\"x\":1}", "5", "first-write", "t"), (first.Key, Encoding.UTF8.GetString(first.Value.Span), first.ETag, first.Options.Concurrency, first.ContentType));
        Assert.Equal([("u", "url"), ("v", "item")], first.Metadata.Select(item => (item.Key, item.Value)));
        Assert.Equal(("app||b", "6"), (second.Key, second.ETag));
        Assert.Equal([("u", "url")], second.Metadata.Select(item => (item.Key, item.Value)));
        Assert.Equal(("app||", "null"), (third.Key, Encoding.UTF8.GetString(third.Value.Span)));
    }

    [Fact]
    public async Task Transaction_TooMany_NamesBothNumbers()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        store.MaxTransactionOperations = 1;
        var response = await server.SendAsync("POST", Target, """{"operations":[{"operation":"delete"},{"operation":"delete"}]}""");
        Assert.Equal(400, response.Status);
        Assert.Equal("""{"errorCode":"ERR_STATE_STORE_TOO_MANY_TRANSACTIONS","message":"the transaction contains 2 operations, which is more than what the state store supports: 1","details":[{"@type":"type.googleapis.com/google.rpc.ResourceInfo","description":"","owner":"","resource_name":"store","resource_type":"state"},{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":{"currentOpsTransaction":"2","maxOpsPerTransaction":"1"},"reason":"DAPR_STATE_TOO_MANY_TRANSACTIONS"}]}""", response.Body);
    }

    [Theory]
    [InlineData(StateOutcome.EtagMismatch, "possible etag mismatch. error from state store: e")]
    [InlineData(StateOutcome.EtagInvalid, "invalid etag value: e")]
    [InlineData(StateOutcome.Rejected, "e")]
    public async Task Transaction_Fails_IsAlways500(StateOutcome outcome, string detail)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        store.OnTransact = _ => new StateResult(outcome, "e");
        var response = await server.SendAsync("POST", Target, """{"operations":[{"operation":"delete","request":{"key":"a"}}]}""");
        Assert.Equal((500, $$"""{"errorCode":"ERR_STATE_TRANSACTION","message":"error while executing state transaction: {{detail}}"}"""), (response.Status, response.Body));
    }

    [Fact]
    public async Task Transaction_StoreThrows_Is500()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        store.OnTransact = _ => throw new InvalidOperationException("no");
        var response = await server.SendAsync("POST", Target, """{"operations":[{"operation":"delete","request":{"key":"a"}}]}""");
        Assert.Equal((500, """{"errorCode":"ERR_STATE_TRANSACTION","message":"error while executing state transaction: no"}"""), (response.Status, response.Body));
    }

    [Fact]
    public async Task Transaction_Encrypted_StoresCiphertext()
    {
        var (server, store) = await StateServer.StartAsync(null, new MetadataValue("primaryEncryptionKey", new string('a', 32), "s"));
        await using var owned = server;
        Assert.Equal(204, (await server.SendAsync("POST", Target, """{"operations":[{"operation":"upsert","request":{"key":"a","value":1}}]}""")).Status);
        var set = Assert.Single(store.Transactions).Operations[0].Set!;
        Assert.True(set.IsBinary);
        Assert.EndsWith("||s", Encoding.UTF8.GetString(set.Value.Span), StringComparison.Ordinal);
    }
}
