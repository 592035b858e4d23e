using System.Text;
using System.Text.Json.Nodes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.HostEmulator.Tests;

public sealed class ProxyForwarderTests(ProxyingScriptHost script) : IClassFixture<ProxyingScriptHost>
{
    [Theory]
    [InlineData("/v1.0/a%2Fb", "/v1.0/a%252Fb")]
    [InlineData("/v1.0/a%252Fb", "/v1.0/a%252Fb")]
    [InlineData("/v1.0/a%2541b", "/v1.0/a%2541b")]
    [InlineData("/v1.0/a%3Fb%23c", "/v1.0/a%3Fb%23c")]
    [InlineData("/v1.0/a%7C%7Cb", "/v1.0/a%7C%7Cb")]
    [InlineData("/v1.0/a+b%20c", "/v1.0/a+b%20c")]
    [InlineData("/v1.0/%C3%A9", "/v1.0/%C3%A9")]
    [InlineData("/v1.0/x?a=1&a=2&b=%2F+", "/v1.0/x?a=1&a=2&b=%2F+")]
    [InlineData("/v1.0/x/../y", "/v1.0/y")]
    public async Task Forward_Target_AsYarpWritesIt(string sent, string received)
    {
        var answer = await script.EchoAsync(new RawRequest("GET", sent));

        Assert.Equal(received, (string?)answer["url"]);
    }

    [Fact]
    public async Task Forward_Headers_AreMarkedAndForwarded()
    {
        var answer = await script.EchoAsync(new RawRequest("GET", "/v1.0/x")
        {
            Headers = [("X-Forwarded-For", "1.2.3.4"), ("dapr-api-token", "secret"), ("Content-Language", "nl")],
        });

        var headers = answer["headers"]!;
        Assert.Equal("127.0.0.1", (string?)headers["x-forwarded-for"]);
        Assert.Equal($"127.0.0.1:{script.Host.Port}", (string?)headers["x-forwarded-host"]);
        Assert.Equal("http", (string?)headers["x-forwarded-proto"]);
        Assert.Equal($"127.0.0.1:{script.Host.Handler.Port}", (string?)headers["host"]);
        Assert.Equal("secret", (string?)headers["dapr-api-token"]);
        Assert.Equal((string?)headers["x-azure-functions-invocationid"], (string?)headers["x-ms-invocation-id"]);
        Assert.NotNull(headers["x-azure-functions-hostversion"]);
    }

    [Fact]
    public async Task Forward_ChunkedBody_Arrives()
    {
        var request = new RawRequest("POST", "/v1.0/x") { Headers = [("Transfer-Encoding", "chunked")] };
        byte[] bytes = [.. request.ToBytes("h"), .. "5\r\nhello\r\n0\r\n\r\n"u8];

        var response = RawResponse.Parse(await RawClient.ExchangeAsync(script.Host.Port, bytes, TestContext.Current.CancellationToken));

        Assert.Equal("hello", (string?)JsonNode.Parse(response.Text)!["body"]);
    }

    [Fact]
    public async Task Forward_BodyWithLength_Arrives()
    {
        var answer = await script.EchoAsync(new RawRequest("PUT", "/v1.0/x") { Body = Encoding.UTF8.GetBytes("hé") });

        Assert.Equal("hé", (string?)answer["body"]);
        Assert.Equal("3", (string?)answer["headers"]!["content-length"]);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task Forward_Status_PassesCleanly(int status)
    {
        var response = await RawClient.SendAsync(
            script.Host.Port, new RawRequest("GET", $"/v1.0/status/{status}"), TestContext.Current.CancellationToken);

        Assert.Equal(status, response.Status);
        Assert.Equal("e 1", response.Header("ETag"));
    }

    [Fact]
    public async Task Forward_Stream_FirstPartArrivesBeforeTheLast()
    {
        var token = TestContext.Current.CancellationToken;
        using var socket = await RawClient.ConnectAsync(script.Host.Port, token);
        await socket.SendAsync(new RawRequest("GET", "/v1.0/stream").ToBytes("h"), token);
        var seen = "";
        var buffer = new byte[4096];
        while (!seen.Contains("first", StringComparison.Ordinal))
        {
            seen += Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, token));
        }

        await script.EchoAsync(new RawRequest("GET", "/v1.0/release"));

        Assert.Contains("last", Encoding.ASCII.GetString(await RawClient.ReadToEndAsync(socket, token)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unmatched_Path_IsEmpty404()
    {
        var response = await RawClient.SendAsync(script.Host.Port, new RawRequest("POST", "/one"), TestContext.Current.CancellationToken);

        Assert.Equal(404, response.Status);
        Assert.Empty(response.Body);
    }

    [Fact]
    public async Task Environment_OfTheHandler_IsTheHosts()
    {
        var answer = await script.EchoAsync(new RawRequest("GET", "/v1.0/x"));

        var environment = answer["env"]!;
        Assert.Equal((string?)environment["FUNCTIONS_CUSTOMHANDLER_PORT"], (string?)environment["FUNCTIONS_HTTPWORKER_PORT"]);
        Assert.Equal((string?)environment["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"], (string?)environment["FUNCTIONS_HTTPWORKER_ID"]);
        Assert.Equal("custom", (string?)environment["FUNCTIONS_WORKER_RUNTIME"]);
        Assert.Equal((string?)answer["cwd"], (string?)environment["FUNCTIONS_APP_ROOT_PATH"]);
        Assert.Null(environment["CI"]);
    }
}
