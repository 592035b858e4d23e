using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Serverless.Functions.Hosting;
using Serverless.Functions.Http;
using Serverless.Tests.Functions.State;

namespace Serverless.Tests.Functions.Http;

/// <summary>Unexpected failures, API logs, and Go's way of escaping.</summary>
public sealed class EdgeTests
{
    [Fact]
    public async Task UnexpectedException_IsErrorWithItsMessage()
    {
        using var logs = new LogCapture();
        await using var server = await ApiServer.StartAsync(null, logs);
        var store = new FakeStateStore();
        StateServer.AddStore(server, "store", store);

        // Such an ETag can't be sent as a header, which only the server notices.
        store.Put("app||k", "1", "a\u0001b");
        var response = await server.GetAsync("/v1.0/state/store/k");
        Assert.Equal((500, "application/json"), (response.Status, response.ContentType));
        Assert.StartsWith("{\"errorCode\":\"ERROR\",\"message\":\"", response.Body, StringComparison.Ordinal);
        Assert.Contains(logs.Messages, message => message.StartsWith("Error: A GET request failed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, null, null, "/v1.0/metadata", null)]
    [InlineData(true, null, null, "/v1.0/metadata?a=b", "GET /v1.0/metadata")]
    [InlineData(null, true, null, "/v1.0/metadata", "GET /v1.0/metadata")]
    [InlineData(false, true, null, "/v1.0/metadata", null)]
    [InlineData(true, null, true, "/v1.0/state/store/secret", "GetState")]
    [InlineData(true, null, true, "/x", "InvokeService")]
    [InlineData(true, null, null, "/v1.0/healthz", null)]
    public async Task ApiLogging_FollowsFlagThenConfiguration(bool? flag, bool? configured, bool? obfuscates, string target, string? method)
    {
        using var logs = new LogCapture();
        await using var server = await ApiServer.StartAsync(new RuntimeOptions { ApiLogging = flag }, logs);
        server.Configure(ApiServer.Configuration() with { ApiLogging = configured, ObfuscateUrls = obfuscates, OmitHealthChecks = true });
        var response = await server.GetAsync(target, "User-Agent: agent/1");
        if (method is null)
        {
            Assert.DoesNotContain("Information: HTTP API Called", logs.Messages);
            return;
        }

        Assert.Single(logs.Messages, "Information: HTTP API Called");
        var fields = Assert.Single(logs.Fields);
        Assert.Equal(["code", "duration", "method", "size", "useragent"], fields.Keys);
        Assert.Equal((response.Status, method, (long)response.Body.Length, "agent/1"), (fields["code"], fields["method"], fields["size"], fields["useragent"]));
        Assert.InRange((long)fields["duration"], 0, 60_000);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("evil code=500", "evil code=500")]
    [InlineData("caf\u00e9", "caf\u00e9")]
    public async Task ApiLogging_TakesTheUserAgentAsOneField(string sent, string? logged)
    {
        using var logs = new LogCapture();
        await using var server = await ApiServer.StartAsync(new RuntimeOptions { ApiLogging = true }, logs);
        await server.GetAsync("/v1.0/metadata", $"User-Agent: {sent}");

        Assert.Equal(logged, Assert.Single(logs.Fields).GetValueOrDefault("useragent"));
    }

    [Fact]
    public async Task CountedAnswer_CountsHoweverItIsWritten()
    {
        var http = new DefaultHttpContext();
        http.Response.Body = new MemoryStream();
        var answer = new CountedAnswer(http.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        http.Features.Set<IHttpResponseBodyFeature>(answer);

        await http.Response.WriteAsync("12345", TestContext.Current.CancellationToken);
        await http.Response.Body.WriteAsync(new byte[7], TestContext.Current.CancellationToken);
        await http.Response.BodyWriter.WriteAsync(new byte[100_000], TestContext.Current.CancellationToken);
        http.Response.BodyWriter.Write("123"u8);
        await http.Response.CompleteAsync();

        Assert.Equal(100_015, answer.Length);
    }

    [Fact]
    public async Task TraceHeaders_AreAcceptedAndIgnored()
    {
        await using var server = await ApiServer.StartAsync();
        var response = await server.GetAsync("/v1.0/metadata", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "baggage: ,,=;;");
        Assert.Equal((200, null), (response.Status, response.Header("traceparent")));
    }

    [Theory]
    [InlineData("a<b>&c", "a\\u003cb\\u003e\\u0026c")]
    [InlineData("q\"b\\s/", "q\\\"b\\\\s/")]
    [InlineData("\b\f\n\r\t\u0000\u001f\u007f", "\\b\\f\\n\\r\\t\\u0000\\u001f\u007f")]
    [InlineData("\u2028\u2029é😀", "\\u2028\\u2029é😀")]
    [InlineData("'+`", "'+`")]
    public void Json_EscapesLikeGo(string text, string json) =>
        Assert.Equal($$"""{"errorCode":"E","message":"{{json}}"}""", Encoding.UTF8.GetString(new DaprError(500, "E", text).ToJson().Span));

    [Fact]
    public void Json_HalfASurrogatePair_BecomesAReplacementCharacter() =>
        Assert.Equal("""{"errorCode":"E","message":"a\ufffdb"}""", Encoding.UTF8.GetString(new DaprError(500, "E", "a\uD800b").ToJson().Span));
}
