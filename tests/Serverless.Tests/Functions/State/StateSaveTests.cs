using System.Globalization;
using System.Text;
using Serverless.Components.State;
using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.State;

public sealed class StateSaveTests
{
    private const string Target = "/v1.0/state/store";

    [Fact]
    public async Task Save_NoStoreAtAll_ComesBeforeTheBody()
    {
        await using var server = await ApiServer.StartAsync();
        var response = await server.SendAsync("POST", Target, "bad");
        Assert.Equal(500, response.Status);
        Assert.Contains("ERR_STATE_STORE_NOT_CONFIGURED", response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Save_UnknownStore_ComesBeforeTheBody()
    {
        var (server, _) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.SendAsync("PUT", "/v1.0/state/other", "bad");
        Assert.Equal(400, response.Status);
        Assert.Contains("ERR_STATE_STORE_NOT_FOUND", response.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData(" \r\n[ ] trailing garbage")]
    public async Task Save_Nothing_Is204(string body)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.SendAsync("POST", Target, body);
        Assert.Equal((204, "", null), (response.Status, response.Body, response.ContentType));
        Assert.Empty(store.Sets);
    }

    [Theory]
    [InlineData("", "EOF")]
    [InlineData("  ", "EOF")]
    [InlineData("[", "unexpected EOF")]
    [InlineData("[{\"key\":\"a", "unexpected EOF")]
    [InlineData("[{\"key\":\"a\",\"value\":[1,{", "unexpected EOF")]
    [InlineData("{\"key\":\"a\"}", "expected an array for the body at byte 0, got an object")]
    [InlineData("\"a\"", "expected an array for the body at byte 0, got a string")]
    [InlineData("12", "expected an array or an object, got a number")]
    [InlineData("true", "expected an array for the body at byte 0, got a bool")]
    [InlineData("[1]", "expected an object for an item at byte 1, got a number")]
    [InlineData("[[]]", "expected an object for an item at byte 1, got an array")]
    [InlineData("[{\"key\":1}]", "expected a string for key at byte 8, got a number")]
    [InlineData("[{\"key\":\"a\",\"etag\":1}]", "expected a string for etag at byte 19, got a number")]
    [InlineData("[{\"key\":\"a\",\"metadata\":\"x\"}]", "expected an object for metadata at byte 23, got a string")]
    [InlineData("[{\"key\":\"a\",\"metadata\":{\"t\":1}}]", "expected a string for metadata at byte 28, got a number")]
    [InlineData("[{\"key\":\"a\",\"options\":[]}]", "expected an object for options at byte 22, got an array")]
    [InlineData("[{\"key\":\"a\",\"options\":{\"concurrency\":1}}]", "expected a string for concurrency at byte 37, got a number")]
    [InlineData("[{\"key\":\"a\",\"options\":{\"consistency\":{}}}]", "expected a string for consistency at byte 37, got an object")]
    [InlineData("[{\"key\":\"a\",\"contentType\":false}]", "expected a string for contentType at byte 26, got a bool")]
    [InlineData("[{\"key\":\"\\ud800\"}]", "key at byte 8 holds half of a surrogate pair")]
    public async Task Save_WrongBody_IsMalformedWithoutPrefix(string body, string message)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.SendAsync("POST", Target, body);
        Assert.Equal((400, $$"""{"errorCode":"ERR_MALFORMED_REQUEST","message":"{{message}}"}"""), (response.Status, response.Body));
        Assert.Empty(store.Sets);
    }

    [Theory]
    [InlineData("[{\"key\":\"a\",}]")]
    [InlineData("[{\"key\":\"a\"},]")]
    [InlineData("[{key:1}]")]
    [InlineData("[{\"key\":\"a\",\"value\":01}]")]
    [InlineData("[{\"key\":\"a\",\"value\":nul}]")]
    [InlineData("[{\"key\":\"a\",\"value\":\"\u0001\"}]")]
    [InlineData("[/**/]")]
    [InlineData("\uFEFF[]")]
    public async Task Save_BadSyntax_IsMalformed(string body)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.SendAsync("POST", Target, body);
        Assert.Equal(400, response.Status);
        Assert.StartsWith("{\"errorCode\":\"ERR_MALFORMED_REQUEST\",\"message\":\"", response.Body, StringComparison.Ordinal);
        Assert.Empty(store.Sets);
    }

    [Theory]
    [InlineData("[{\"key\":\"a\"},{}]", "\\\"key\\\" is a required field")]
    [InlineData("[{\"key\":\"\"},{\"key\":\"b||c\"}]", "\\\"key\\\" is a required field")]
    [InlineData("[null]", "\\\"key\\\" is a required field")]
    [InlineData("[{\"key\":null}]", "\\\"key\\\" is a required field")]
    public async Task Save_ItemWithoutKey_StoresNothing(string body, string message)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.SendAsync("POST", Target, body);
        Assert.Equal((400, $$"""{"errorCode":"ERR_MALFORMED_REQUEST","message":"{{message}}"}"""), (response.Status, response.Body));
        Assert.Empty(store.Sets);
    }

    [Fact]
    public async Task Save_IllegalKeyAnywhere_StoresNothing()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.SendAsync("POST", Target, """[{"key":"a","value":1},{"key":"b||c","value":1}]""");
        Assert.Equal(400, response.Status);
        Assert.Contains("\"field_violations\":[{\"field\":\"b||c\",", response.Body, StringComparison.Ordinal);
        Assert.Empty(store.Sets);
    }

    [Theory]
    [InlineData("\"hello\"", "\"hello\"")]
    [InlineData("1.0e+05", "1.0e+05")]
    [InlineData("123456789012345678901234567890.10", "123456789012345678901234567890.10")]
    [InlineData(" { \"b\" : [ 1 , 2 ] ,\r\n\t\"a\" : \"x \\\" y\\\\\" , \"c\":{ } } ", "{\"b\":[1,2],\"a\":\"x \\\" y\\\\\",\"c\":{}}")]
    [InlineData("\"\\u003c<\\ud83d \\/ \u00e9\"", "\"\\u003c<\\ud83d \\/ \u00e9\"")]
    [InlineData("true", "true")]
    [InlineData("null", "null")]
    [InlineData("\"\\\\\"", "\"\\\\\"")]
    [InlineData("{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}")]
    public async Task Save_Value_IsKeptAsCompactText(string value, string stored)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        Assert.Equal(204, (await server.SendAsync("POST", Target, $$"""[{"key":"k","value":{{value}}}]""")).Status);
        Assert.Equal(stored, store.Text("app||k"));
    }

    [Fact]
    public async Task Save_AbsentValue_IsNull()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        Assert.Equal(204, (await server.SendAsync("PUT", Target, """[{"key":"k"}]""", "Content-Type: text/plain")).Status);
        Assert.Equal("null", store.Text("app||k"));
    }

    [Fact]
    public async Task Save_InvalidUtf8_BecomesReplacementCharacters()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        byte[] body = [.. "[{\"key\":\"k\",\"value\":\""u8, 0xFF, .. "\"}]"u8];
        var head = Encoding.ASCII.GetBytes($"POST {Target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n");
        Assert.Equal(204, (await server.RawAsync([.. head, .. body])).Status);
        Assert.Equal("\"\uFFFD\"", store.Text("app||k"));
    }

    [Fact]
    public async Task Save_AllMembers_ReachTheStoreWhateverTheirCase()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var body = """[{"KEY":"k","vAlUe":1,"ETag":"e","Metadata":{"a":"1","b":"2","n":null},"OPTIONS":{"Concurrency":"x","Consistency":"y","z":[1]},"CONTENTTYPE":"t","more":{"x":[{}]}}]""";
        Assert.Equal(204, (await server.SendAsync("POST", Target + "?metadata.b=url&metadata.c=3&ttl=9", body)).Status);
        var set = Assert.Single(store.Sets);
        Assert.Equal(("app||k", "e", "x", "y", "t", false), (set.Key, set.ETag, set.Options.Concurrency, set.Options.Consistency, set.ContentType, set.IsBinary));
        Assert.Equal([("a", "1"), ("b", "url"), ("c", "3"), ("n", "")], set.Metadata.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => (item.Key, item.Value)));
    }

    [Fact]
    public async Task Save_EscapedMemberName_IsRead()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        Assert.Equal(204, (await server.SendAsync("POST", Target, """[{"\u006bey":"k","etag":null,"metadata":null,"options":null}]""")).Status);
        var set = Assert.Single(store.Sets);
        Assert.Equal(("app||k", false), (set.Key, set.HasETag));
        Assert.Same(StateOptions.Default, set.Options);
    }

    [Fact]
    public async Task Save_EmptyEtag_IsNone()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        await server.SendAsync("POST", Target, """[{"key":"k","etag":""}]""");
        Assert.False(Assert.Single(store.Sets).HasETag);
    }

    [Theory]
    [InlineData(StateOutcome.EtagMismatch, 409, "possible etag mismatch. error from state store: e")]
    [InlineData(StateOutcome.EtagInvalid, 400, "invalid etag value: e")]
    [InlineData(StateOutcome.Rejected, 500, "e")]
    public async Task Save_OneItemFails_HasItsStatus(StateOutcome outcome, int status, string detail)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        store.OnSet = _ => new StateResult(outcome, "e");
        var response = await server.SendAsync("POST", Target, """[{"key":"k"}]""");
        Assert.Equal((status, $$"""{"errorCode":"ERR_STATE_SAVE","message":"failed saving state in state store store: {{detail}}"}"""), (response.Status, response.Body));
    }

    [Fact]
    public async Task Save_StoreThrows_Is500()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        store.OnSet = _ => throw new TimeoutException("too late");
        var response = await server.SendAsync("POST", Target, """[{"key":"k"}]""");
        Assert.Equal((500, """{"errorCode":"ERR_STATE_SAVE","message":"failed saving state in state store store: too late"}"""), (response.Status, response.Body));
    }

    [Theory]
    [InlineData("ok", "ok", 204)]
    [InlineData("mismatch", "ok", 409)]
    [InlineData("mismatch", "invalid", 400)]
    [InlineData("mismatch", "other", 500)]
    [InlineData("invalid", "other", 500)]
    [InlineData("throws", "ok", 500)]
    public async Task Save_SeveralItems_MostSeriousFailureDecides(string first, string second, int status)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        store.OnSet = set => set.Key["app||".Length..] switch
        {
            "mismatch" => StateResult.EtagMismatch("m"),
            "invalid" => StateResult.EtagInvalid("i"),
            "other" => StateResult.Rejected("o"),
            "throws" => throw new InvalidOperationException("t"),
            _ => StateResult.Done,
        };
        var response = await server.SendAsync("POST", Target, $$"""[{"key":"{{first}}"},{"key":"{{second}}"}]""");
        Assert.Equal(status, response.Status);
        Assert.Equal(2, store.Sets.Count);
        if (status != 204)
        {
            Assert.StartsWith("""{"errorCode":"ERR_STATE_SAVE","message":"failed saving state in state store store: """, response.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Save_SeveralItems_AreAllStored()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var items = string.Join(',', Enumerable.Range(0, 500).Select(number => $$"""{"key":"k{{number}}","value":{{number}}}"""));
        Assert.Equal(204, (await server.SendAsync("POST", Target, $"[{items}]")).Status);
        Assert.All(Enumerable.Range(0, 500), number => Assert.Equal(number.ToString(CultureInfo.InvariantCulture), store.Text($"app||k{number}")));
    }

    [Theory]
    [InlineData(9998, 204)]
    [InlineData(9999, 400)]
    [InlineData(200_000, 400)]
    public async Task Save_DeepNesting_HasALimit(int depth, int status)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var value = new string('[', depth) + new string(']', depth);
        var response = await server.SendAsync("POST", Target, $$"""[{"key":"k","value":{{value}}}]""");
        Assert.Equal(status, response.Status);
        Assert.Equal(status == 204 ? value : null, store.Text("app||k"));
        Assert.Equal(status == 400, response.Body.Contains("nested deeper than 10000 levels", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(64, 204)]
    [InlineData(65, 400)]
    public async Task Save_BodyOverTheLimit_IsMalformed(int length, int status)
    {
        var (server, _) = await StateServer.StartAsync(new RuntimeOptions { MaxBodySize = 64 });
        await using var owned = server;
        var body = "[]".PadRight(length);
        var response = await server.SendAsync("POST", Target, body);
        Assert.Equal(status, response.Status);
        var chunked = await server.RawAsync($"POST {Target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n");
        Assert.Equal(status, chunked.Status);
        if (status == 400)
        {
            Assert.Equal("""{"errorCode":"ERR_MALFORMED_REQUEST","message":"stream too large"}""", response.Body);
            Assert.Equal(response.Body, chunked.Body);
        }
    }

    [Fact]
    public async Task Save_BadChunk_IsMalformed()
    {
        var (server, _) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.RawAsync($"POST {Target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        Assert.Equal(400, response.Status);
        Assert.StartsWith("{\"errorCode\":\"ERR_MALFORMED_REQUEST\"", response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Save_LargeBodyWithoutLimit_IsStored()
    {
        var (server, store) = await StateServer.StartAsync(new RuntimeOptions { MaxBodySize = 0 });
        await using var owned = server;
        var text = new string('x', 6 << 20);
        Assert.Equal(204, (await server.SendAsync("POST", Target, $$"""[{"key":"k","value":"{{text}}"}]""")).Status);
        Assert.Equal(text.Length + 2, store.Entries["app||k"].Value.Length);
        Assert.Equal(text.Length + 2, (await server.GetAsync("/v1.0/state/store/k")).Body.Length);
    }
}
