using System.Net;
using System.Net.Sockets;
using System.Text;
using Serverless.Components.Registry;

namespace Serverless.Tests.Functions.State;

public sealed class StateBulkGetTests
{
    private const string Target = "/v1.0/state/store/bulk";
    private const string Prefix = """{"errorCode":"ERR_MALFORMED_REQUEST","message":"failed deserializing HTTP body: """;

    [Theory]
    [InlineData("", "EOF")]
    [InlineData("{", "unexpected EOF")]
    [InlineData("[]", "expected an object for the body at byte 0, got an array")]
    [InlineData("{\"keys\":\"a\"}", "expected an array for keys at byte 8, got a string")]
    [InlineData("{\"keys\":[1]}", "expected a string for keys at byte 9, got a number")]
    [InlineData("{\"parallelism\":\"1\"}", "expected a whole number for parallelism at byte 15, got a string")]
    [InlineData("{\"parallelism\":1.5}", "expected a whole number for parallelism at byte 15, got a number")]
    [InlineData("{\"metadata\":{\"a\":1}}", "expected a string for metadata at byte 17, got a number")]
    public async Task Bulk_WrongBody_IsMalformedWithPrefix(string body, string message)
    {
        var (server, _) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.SendAsync("POST", Target, body);
        Assert.Equal((400, $"{Prefix}{message}\"}}"), (response.Status, response.Body));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"keys\":null}")]
    [InlineData("{\"keys\":[]}")]
    public async Task Bulk_NoKeys_IsAnEmptyArray(string body)
    {
        var (server, _) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.SendAsync("PUT", Target, body);
        Assert.Equal((200, "[]\n", "application/json"), (response.Status, response.Body, response.ContentType));
        Assert.Equal("3", response.Header("Content-Length"));
    }

    [Fact]
    public async Task Bulk_LargeValues_AreReadOnlyAsTheyLeave()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        store.Put("app||big", $"\"{new string('x', 4 << 20)}\"");
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port, TestContext.Current.CancellationToken);
        var body = $"{{\"keys\":[{string.Join(',', Enumerable.Repeat("\"big\"", 500))}]}}";
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"POST {Target} HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n{body}"), TestContext.Current.CancellationToken);
        Assert.True(await client.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken) > 0);

        // The caller reads no further, so only what fits into the buffers and the window has been read.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var before = -1;
        while (before != store.Gets.Count)
        {
            before = store.Gets.Count;
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        Assert.InRange(before, 1, 30);
    }

    [Fact]
    public async Task Bulk_MetadataTwice_IsMerged()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        await server.SendAsync("POST", Target, """{"metadata":{"a":"1","b":"1"},"keys":["k"],"metadata":{"b":"2"}}""");
        Assert.True(store.Gets.TryPeek(out var get));
        Assert.Equal(("1", "2"), (get.Metadata["a"], get.Metadata["b"]));
    }

    [Fact]
    public async Task Bulk_Mixed_KeepsOrderAndReportsEachKey()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        store.Put("app||a", """{"x":"<é>","n":1.0}""", "1", DateTimeOffset.UnixEpoch);
        store.Put("app||text", "no json");
        store.Put("app||two", "1 2");
        store.Put("app||empty", "", etag: null);
        store.OnGet = get => get.Key == "app||bad" ? throw new InvalidOperationException("it's \"<broken>\"") : store.Entries.GetValueOrDefault(get.Key);
        var response = await server.SendAsync("POST", Target + "?metadata.b=url",
            """{"KEYS":["missing","a","bad","text","a","empty","two"],"parallelism":2,"metadata":{"a":"1","b":"2"}}""");
        Assert.Equal((200, "application/json"), (response.Status, response.ContentType));
        Assert.Equal(
            """[{"key":"missing"},{"key":"a","data":{"x":"<é>","n":1.0},"etag":"1","metadata":{"ttlExpireTime":"1970-01-01T00:00:00Z"}},"""
            + """{"key":"bad","error":"it's \"\u003cbroken\u003e\""},{"key":"text","error":"the stored value is not valid JSON"},"""
            + """{"key":"a","data":{"x":"<é>","n":1.0},"etag":"1","metadata":{"ttlExpireTime":"1970-01-01T00:00:00Z"}},"""
            + """{"key":"empty"},{"key":"two","error":"the stored value is not valid JSON"}]""" + "\n", response.Body);
        Assert.All(store.Gets, get => Assert.Equal(("1", "url"), (get.Metadata["a"], get.Metadata["b"])));
    }

    [Fact]
    public async Task Bulk_Encrypted_DecryptsEachKeyByItself()
    {
        var (server, store) = await StateServer.StartAsync(null, new MetadataValue("primaryEncryptionKey", new string('a', 64), "s"));
        await using var owned = server;
        await server.SendAsync("POST", "/v1.0/state/store", """[{"key":"k","value":[1]}]""");
        store.Put("app||plain", "1");
        var response = await server.SendAsync("POST", Target, """{"keys":["plain","k"]}""");
        Assert.Equal("""[{"key":"plain","error":"the stored value is not encrypted"},{"key":"k","data":[1],"etag":"1"}]""" + "\n", response.Body);
    }

    [Fact]
    public async Task Bulk_IllegalKey_ReadsNothing()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.SendAsync("POST", Target, """{"keys":["a","b||c"]}""");
        Assert.Equal(400, response.Status);
        Assert.Contains("\"field\":\"b||c\"", response.Body, StringComparison.Ordinal);
        Assert.Empty(store.Gets);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(0, 100)]
    [InlineData(-1, 100)]
    [InlineData(100000, 100)]
    public async Task Bulk_Parallelism_IsALimit(int wanted, int most)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var (running, seen) = (0, 0);
        store.BeforeGet = async _ =>
        {
            seen = Math.Max(seen, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Decrement(ref running);
        };
        var keys = string.Join(',', Enumerable.Range(0, 400).Select(number => $"\"{number}\""));
        Assert.Equal(200, (await server.SendAsync("POST", Target, $$"""{"keys":[{{keys}}],"parallelism":{{wanted}}}""")).Status);
        Assert.InRange(seen, 1, most);
        Assert.Equal(400, store.Gets.Count);
    }

    [Fact]
    public async Task Bulk_LargeValues_AreStreamed()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var text = $"\"{new string('x', 300_000)}\"";
        store.Put("app||a", text);
        store.Put("app||b", text);
        var response = await server.SendAsync("POST", Target, """{"keys":["a","b"]}""");
        Assert.Equal($$"""[{"key":"a","data":{{text}},"etag":"1"},{"key":"b","data":{{text}},"etag":"1"}]""" + "\n", response.Body);
    }
}
