using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.Invoke;

public sealed class InvokeApiTests
{
    [Theory]
    [InlineData("GET", "/v1.0/invoke/other/method/x", "X: y", "other")]
    [InlineData("PATCH", "//v1.0//invoke//other/method/x/../y", "X: y", "other")]
    [InlineData("GET", "/v1.0/invoke/other/method/", "X: y", "other")]
    [InlineData("GET", "/v1.0/invoke/other.ns/method/a/method/b", "X: y", "other.ns")]
    [InlineData("GET", "/v1.0/invoke/http://h:80/p/method/x", "X: y", "http://h:80/p")]
    [InlineData("GET", "/v1.0/invoke/http%3A%2F%2Fh%3A80/method/x", "X: y", "http://h:80")]
    [InlineData("GET", "/v1.0/invoke/%zz/method/x", "X: y", "%zz")]
    [InlineData("DELETE", "/anything", "dapr-app-id: other", "other")]
    [InlineData("PATCH", "/v1.0/metadata", "dapr-app-id: other", "other")]
    [InlineData("GET", "/v1.0/invoke/path/method/x", "dapr-app-id: header", "header")]
    [InlineData("GET", "/anything", "Authorization: Basic ZGFwci1hcHAtaWQ6b3RoZXI=", "other")]
    [InlineData("GET", "/anything", "Authorization: Basic REFQUi1BUFAtSUQ6b3RoZXI=", "other")]
    [InlineData("GET", "/v1.0/invoke/path/method/x", "Authorization: Basic dXNlcjpvdGhlcg==", "path")]
    [InlineData("GET", "/v1.0/invoke/path/method/x", "Authorization: Basic ???", "path")]
    public async Task Invoke_NoServiceIsFound(string method, string target, string header, string appId)
    {
        foreach (var underHost in (bool[])[false, true])
        {
            await using var server = await ApiServer.StartAsync(new RuntimeOptions { UnderHost = underHost });
            var response = await server.SendAsync(method, target, null, header);
            Assert.Equal(500, response.Status);
            Assert.Equal($$"""{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: {{appId}}, err: couldn't find service: {{appId}}"}""", response.Body);
        }
    }

    [Theory]
    [InlineData("dapr-app-id:")]
    [InlineData("Authorization: Basic ZGFwci1hcHAtaWQ6")]
    [InlineData("Authorization: Bearer ZGFwci1hcHAtaWQ6b3RoZXI=")]
    public async Task Invoke_EmptyTarget_Is404(string header)
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(404, (await server.GetAsync("/anything", header)).Status);
    }
}
