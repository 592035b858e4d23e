using System.Text;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Hostile;

[Collection(HostileProcess.Name)]
public sealed class HostileRequestTests(HostileTarget target)
{
    private const string Key = "/v1.0/state/statestore/";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("%")]
    [InlineData("%2")]
    [InlineData("%zz")]
    [InlineData("%u0041")]
    [InlineData("a%")]
    [InlineData("%%%")]
    [InlineData("%2F%")]
    public async Task Path_WithBadEscape_400(string segment) => await AnswersAsync("GET", Key + segment, 400);

    [Theory]
    [InlineData("%00")]
    [InlineData("%C3%28")]
    [InlineData("%FF%FE")]
    [InlineData("%ED%A0%80")]
    [InlineData("%0d%0aX-Injected:%20yes")]
    [InlineData("%5c..%5c")]
    public async Task Path_WithOddBytes_IsAKeyOrRefused(string segment)
    {
        var response = await AnswersAsync("GET", Key + segment, 204, 400);

        Assert.Null(response.Header("X-Injected"));
    }

    [Theory]
    [InlineData("/v1.0/state/statestore/k?metadata.=x")]
    [InlineData("/v1.0/state/statestore/k?metadata")]
    [InlineData("/v1.0/state/statestore/k?%zz=1&metadata.%zz=%zz")]
    [InlineData("/v1.0/state/statestore/k?&&&==&=")]
    [InlineData("/v1.0/state/statestore/k?consistency=%00")]
    public async Task Query_Odd_IsIgnoredOrRefused(string path) => await AnswersAsync("GET", path, 200, 204, 400);

    [Fact]
    public async Task Path_OfManySegments_404() => await AnswersAsync("GET", "/v1.0" + string.Concat(Enumerable.Repeat("/x", 1500)), 404);

    [Fact]
    public async Task Path_LongerThanTheHeaderLimit_IsRefused() =>
        await AnswersAsync("GET", Key + new string('k', 100_000), 414, 431, 400);

    [Fact]
    public async Task Headers_MoreThanTheLimit_431()
    {
        var request = new RawRequest("GET", "/v1.0/healthz") { Headers = [.. Enumerable.Range(0, 80).Select(number => ($"X-H{number}", new string('v', 100)))] };

        var response = await RawClient.SendAsync(target.App.Port, request, Token);

        Assert.Equal(431, response.Status);
        await target.AssertUnharmedAsync();
    }

    [Fact]
    public async Task Header_OneHugeValue_431()
    {
        var request = new RawRequest("GET", "/v1.0/healthz") { Headers = [("X-Huge", new string('v', 200_000))] };

        var response = await RawClient.SendAsync(target.App.Port, request, Token);

        Assert.Equal(431, response.Status);
        await target.AssertUnharmedAsync();
    }

    [Fact]
    public async Task IfMatch_NotAscii_IsAnEtagThatDoesNotMatch()
    {
        await WireCheck.SendAllAsync(
            target.App.Port,
            WireStep.Save("1"),
            WireStep.Delete("/v1.0/state/{store}/{k}", new WireAnswer(409)).With("If-Match", new string('e', 2000)));
        await target.AssertUnharmedAsync();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET /v1.0/healthz HTTP/1.1\r\n\r\n")]
    [InlineData("GET /v1.0/healthz HTTP/9.9\r\nHost: h\r\n\r\n")]
    [InlineData("GET  /v1.0/healthz HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("BREW? /x HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("\0\0\0\0\r\n\r\n")]
    [InlineData("POST /v1.0/state/statestore HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST /v1.0/state/statestore HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("POST /v1.0/state/statestore HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n[]")]
    [InlineData("POST /v1.0/state/statestore HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n0\r\n\r\n")]
    public async Task Protocol_Broken_IsRefusedOrClosed(string bytes)
    {
        var answer = await RawClient.ExchangeAsync(target.App.Port, Encoding.Latin1.GetBytes(bytes), Token);

        Assert.True(answer.Length == 0 || RawResponse.Parse(answer).Status is >= 400 and not 500, Encoding.Latin1.GetString(answer));
        await target.AssertUnharmedAsync();
    }

    private async Task<RawResponse> AnswersAsync(string method, string path, params int[] statuses)
    {
        var response = await RawClient.SendAsync(target.App.Port, new RawRequest(method, path), Token);
        Assert.Contains(response.Status, statuses);
        await target.AssertUnharmedAsync();
        return response;
    }
}
