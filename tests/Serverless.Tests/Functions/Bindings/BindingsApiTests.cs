using System.Text;
using Serverless.Components.Bindings;
using Serverless.Components.Registry;

namespace Serverless.Tests.Functions.Bindings;

/// <summary>dapr-http-api.md §4.1.</summary>
public sealed class BindingsApiTests
{
    private const string Create = """{"operation":"create"}""";

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("{oops")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("7")]
    [InlineData("""{"operation":7}""")]
    [InlineData("""{"operation":"create","metadata":[]}""")]
    [InlineData("""{"operation":"create","metadata":{"a":1}}""")]
    [InlineData("""{"operation":"create","metadata":"x"}""")]
    [InlineData("""{"operation":"create","data":"\ud800"}""")]
    public async Task Body_Unfit_Is400BeforeTheBindingIsLookedUp(string body)
    {
        var (server, binding) = await BindingServer.StartAsync();
        await using var owned = server;

        foreach (var name in (string[])["out", "nosuch"])
        {
            var response = await server.SendAsync("POST", $"/v1.0/bindings/{name}", body);

            Assert.Equal((400, "application/json"), (response.Status, response.ContentType));
            Assert.StartsWith("""{"errorCode":"ERR_MALFORMED_REQUEST","message":"failed deserializing HTTP body: """, response.Body, StringComparison.Ordinal);
        }

        Assert.Empty(binding.Calls);
    }

    [Fact]
    public async Task Body_TooLarge_Is400()
    {
        var (server, _) = await BindingServer.StartAsync(new() { MaxBodySize = 100 });
        await using var owned = server;

        var response = await server.SendAsync("POST", "/v1.0/bindings/out", $$"""{"operation":"create","data":"{{new string('x', 100)}}"}""");

        Assert.Equal((400, """{"errorCode":"ERR_MALFORMED_REQUEST","message":"failed deserializing HTTP body: stream too large"}"""), (response.Status, response.Body));
    }

    [Theory]
    [InlineData("out", "{}", "operation field is missing from request")]
    [InlineData("nosuch", "{}", "operation field is missing from request")]
    [InlineData("nosuch", """{"operation":""}""", "operation field is missing from request")]
    [InlineData("out", "null", "operation field is missing from request")]
    [InlineData("nosuch", Create, "couldn't find output binding nosuch")]
    [InlineData("Out", Create, "couldn't find output binding Out")]
    [InlineData("input", Create, "couldn't find output binding input")]
    [InlineData("out", """{"operation":"drop"}""", "binding out does not support operation drop. supported operations:create get")]
    [InlineData("out", """{"operation":"Create"}""", "binding out does not support operation Create. supported operations:create get")]
    public async Task Invoke_Refused_Is500InOrder(string name, string body, string message)
    {
        var (server, binding) = await BindingServer.StartAsync();
        await using var owned = server;
        BindingServer.Add(server, "input", new FakeInput(), new MetadataValue("direction", "input"));

        var response = await server.SendAsync("POST", $"/v1.0/bindings/{name}", body);

        Assert.Equal((500, "application/json"), (response.Status, response.ContentType));
        Assert.Equal($$"""{"errorCode":"ERR_INVOKE_OUTPUT_BINDING","message":"error invoking output binding {{name}}: {{message}}"}""", response.Body);
        Assert.Empty(binding.Calls);
    }

    [Theory]
    [InlineData("POST", Create, "null", "")]
    [InlineData("PUT", """{"operation":"create","data":null,"metadata":null}""", "null", "")]
    [InlineData("POST", """{"OPERATION":"create","Data":"hi","METADATA":{"K":"v","k":"w"},"other":[1]}""", "\"hi\"", "K=v;k=w")]
    [InlineData("POST", """{"operation":"create","data":"<a> & \u003cb\u003e é \u00e9 \/"}""", "\"\\u003ca\\u003e \\u0026 \\u003cb\\u003e é é /\"", "")]
    [InlineData("POST", """{"operation":"create","data": { "b" : 1.50 , "a" : [ 12345678901234567890 , true , null , { } ] } }""", """{"b":1.50,"a":[12345678901234567890,true,null,{}]}""", "")]
    [InlineData("POST", """{"operation":"create","data":7} trailing""", "7", "")]
    [InlineData("POST", """{"operation":"create","operation":null}""", "null", "")]
    [InlineData("POST", """{"operation":"create","metadata":{"ttl":null}}""", "null", "ttl=")]
    public async Task Invoke_Request_ReachesTheBinding(string method, string body, string data, string metadata)
    {
        var (server, binding) = await BindingServer.StartAsync();
        await using var owned = server;

        var response = await server.SendAsync(method, "/v1.0/bindings/out", body);

        Assert.Equal((204, "", null), (response.Status, response.Body, response.ContentType));
        var call = Assert.Single(binding.Calls);
        Assert.Equal("create", call.Operation);
        Assert.Equal(data, Encoding.UTF8.GetString(call.Data.Span));
        Assert.Equal(metadata, string.Join(';', call.Metadata.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => $"{item.Key}={item.Value}")));
    }

    [Theory]
    [InlineData(9_998)]
    [InlineData(1_001)]
    public async Task Invoke_DeepData_ReachesTheBinding(int depth)
    {
        var (server, binding) = await BindingServer.StartAsync();
        await using var owned = server;
        var data = new string('[', depth) + new string(']', depth);

        var response = await server.SendAsync("POST", "/v1.0/bindings/out", $$"""{"operation":"create","data":{{data}}}""");

        Assert.Equal(204, response.Status);
        Assert.Equal(data, Encoding.UTF8.GetString(Assert.Single(binding.Calls).Data.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("{\"a\":1}")]
    public async Task Invoke_Answer_IsPassedOnWithMetadataHeaders(string answer)
    {
        var (server, binding) = await BindingServer.StartAsync();
        await using var owned = server;
        binding.OnInvoke = _ => new BindingResponse
        {
            Data = Encoding.UTF8.GetBytes(answer),
            Metadata = new Dictionary<string, string> { ["statusCode"] = "200", ["odd name"] = "left out", ["line"] = "a\r\nb", ["unicode"] = "é" },
        };

        var response = await server.SendAsync("POST", "/v1.0/bindings/out", Create);

        Assert.Equal((200, "application/json", answer), (response.Status, response.ContentType, response.Body));
        Assert.Equal(("200", "a  b", "é"), (response.Header("metadata.statusCode"), response.Header("metadata.line"), response.Header("metadata.unicode")));
        Assert.Null(response.Header("metadata.odd name"));
    }

    [Fact]
    public async Task Invoke_Failure_Is500WithMetadataHeaders()
    {
        var (server, binding) = await BindingServer.StartAsync();
        await using var owned = server;
        binding.OnInvoke = _ => throw new BindingException("received status code <404>") { Metadata = new Dictionary<string, string> { ["statusCode"] = "404" } };

        var response = await server.SendAsync("POST", "/v1.0/bindings/out", Create);

        Assert.Equal((500, "404"), (response.Status, response.Header("metadata.statusCode")));
        Assert.Equal("""{"errorCode":"ERR_INVOKE_OUTPUT_BINDING","message":"error invoking output binding out: received status code \u003c404\u003e"}""", response.Body);

        binding.OnInvoke = _ => throw new IOException("broken");
        Assert.Equal("""{"errorCode":"ERR_INVOKE_OUTPUT_BINDING","message":"error invoking output binding out: broken"}""", (await server.SendAsync("POST", "/v1.0/bindings/out", Create)).Body);
    }

    [Fact]
    public async Task Invoke_TraceHeaders_BecomeMetadata()
    {
        const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var (server, binding) = await BindingServer.StartAsync();
        await using var owned = server;

        await server.SendAsync("POST", "/v1.0/bindings/out", Create, $"traceparent: {Parent}", "tracestate: a=b", "baggage: k=v;p, l=%20");
        await server.SendAsync("POST", "/v1.0/bindings/out", Create, "traceparent: nonsense", "tracestate: a=b");

        Assert.Equal([("baggage", "k=v;p, l=%20"), ("traceparent", Parent), ("tracestate", "a=b")], binding.Calls[0].Metadata.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => (item.Key, item.Value)));
        Assert.Empty(binding.Calls[1].Metadata);
    }

    [Theory]
    [InlineData("novalue")]
    [InlineData("k=v,")]
    [InlineData("k=a b")]
    [InlineData("bad name=v")]
    public async Task Invoke_BadBaggage_Is400BeforeTheBindingIsLookedUp(string baggage)
    {
        var (server, _) = await BindingServer.StartAsync();
        await using var owned = server;

        var response = await server.SendAsync("POST", "/v1.0/bindings/nosuch", "{}", $"baggage: {baggage}");

        Assert.Equal(400, response.Status);
        Assert.StartsWith("""{"errorCode":"ERR_MALFORMED_REQUEST","message":"invalid baggage header: """, response.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "INPUT_BINDING,OUTPUT_BINDING")]
    [InlineData("input", "INPUT_BINDING")]
    [InlineData(" OUTPUT ", "OUTPUT_BINDING")]
    [InlineData("output, input", "INPUT_BINDING,OUTPUT_BINDING")]
    public void Direction_Given_DecidesTheSides(string direction, string capabilities)
    {
        var binding = BindingServer.Component("both", new FakeBoth(), new MetadataValue("Direction", direction));

        Assert.Equal(capabilities, string.Join(',', binding.Capabilities));
        Assert.Equal((binding.Input is not null, binding.Output is not null), (capabilities.Contains("INPUT", StringComparison.Ordinal), capabilities.Contains("OUTPUT", StringComparison.Ordinal)));
        Assert.Equal(direction.Contains("input", StringComparison.Ordinal), binding.IsInputExplicit);
    }

    [Theory]
    [InlineData("sideways")]
    [InlineData("input")]
    [InlineData("output,input")]
    public void Direction_Unfit_IsRefused(string direction) =>
        Assert.Contains("direction", Assert.Throws<ComponentException>(() => BindingServer.Component("out", new FakeBinding(), new MetadataValue("direction", direction))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(null, "orders")]
    [InlineData("/a/b", "a/b")]
    [InlineData("a/b", "a/b")]
    public void Route_Given_OverridesTheName(string? route, string expected) =>
        Assert.Equal(expected, BindingServer.Component("orders", new FakeInput(), route is null ? [] : [new MetadataValue("route", route)]).Route);
}
