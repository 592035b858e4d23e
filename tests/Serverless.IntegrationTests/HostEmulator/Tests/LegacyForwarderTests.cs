using System.Text;
using System.Text.Json.Nodes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.HostEmulator.Tests;

public sealed class LegacyForwarderTests : IAsyncLifetime
{
    private readonly ScriptRoot _root = new();
    private FunctionsHost? _host;

    public async ValueTask InitializeAsync()
    {
        _root.WithHttp("one", "v1.0/{*path}");
        _host = await _root.StartAsync(isForwardOnly: true, TestContext.Current.CancellationToken);
        await _host.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _host!.DisposeAsync();
        _root.Dispose();
    }

    [Theory]
    [InlineData("/v1.0/a%2Fb", "/v1.0/a%2Fb")]
    [InlineData("/v1.0/a%3Fb", "/v1.0/a")]
    [InlineData("/v1.0/a%23b", "/v1.0/a")]
    [InlineData("/v1.0/a%2541b", "/v1.0/aAb")]
    [InlineData("/v1.0/a%7C%7Cb", "/v1.0/a%7C%7Cb")]
    public async Task Forward_Target_IsReadAsAUriOnceMore(string sent, string received)
    {
        var response = await SendAsync(new RawRequest("GET", sent));

        Assert.Equal(received, (string?)JsonNode.Parse(response.Text)!["url"]);
    }

    [Fact]
    public async Task Forward_DuplicateQueryKeys_AreMerged()
    {
        var response = await SendAsync(new RawRequest("GET", "/v1.0/x?a=1&a=2"));

        Assert.Equal("/v1.0/x?a=1,2", Uri.UnescapeDataString((string)JsonNode.Parse(response.Text)!["url"]!));
    }

    [Fact]
    public async Task Forward_Headers_LosesTheContentOnes()
    {
        var response = await SendAsync(new RawRequest("POST", "/v1.0/x")
        {
            Body = Encoding.UTF8.GetBytes("{}"),
            Headers = [("Content-Type", "application/json"), ("Content-Language", "nl"), ("Content-Encoding", "identity")],
        });

        var headers = JsonNode.Parse(response.Text)!["headers"]!;
        Assert.Equal("application/json", (string?)headers["content-type"]);
        Assert.Null(headers["content-language"]);
        Assert.Null(headers["content-encoding"]);
        Assert.Equal($"127.0.0.1:{_host!.Port}", (string?)headers["host"]);
        Assert.Contains("Azure-Functions-Host/", (string?)headers["user-agent"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forward_ChunkedBody_Is500()
    {
        var request = new RawRequest("POST", "/v1.0/x") { Headers = [("Transfer-Encoding", "chunked")] };
        byte[] bytes = [.. request.ToBytes("h"), .. "5\r\nhello\r\n0\r\n\r\n"u8];

        var response = RawResponse.Parse(await RawClient.ExchangeAsync(_host!.Port, bytes, TestContext.Current.CancellationToken));

        Assert.Equal(500, response.Status);
    }

    [Fact]
    public async Task Forward_204_DropsTheConnectionBehindTheStatus()
    {
        var request = Encoding.ASCII.GetBytes("GET /v1.0/status/204 HTTP/1.1\r\nHost: h\r\n\r\n");

        // No "Connection: close" was asked for, so only the dropped connection can end the answer.
        var response = RawResponse.Parse(await RawClient.ExchangeAsync(_host!.Port, request, TestContext.Current.CancellationToken));

        Assert.Equal(204, response.Status);
    }

    private Task<RawResponse> SendAsync(RawRequest request) =>
        RawClient.SendAsync(_host!.Port, request, TestContext.Current.CancellationToken);
}
