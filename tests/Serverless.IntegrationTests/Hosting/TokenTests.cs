using Serverless.IntegrationTests.Wire;
using Serverless.IntegrationTests.Wire.Tables;

namespace Serverless.IntegrationTests.Hosting;

/// <summary>dapr-http-api.md §1.6 and the exemptions of design.md §3, one row each.</summary>
public sealed class TokenTests(TokenTarget target) : IClassFixture<TokenTarget>
{
    private static readonly WireAnswer Refused = new(401) { Body = "invalid api token\n", ContentType = "text/plain; charset=utf-8" };

    [Theory]
    [InlineData("GET", "/v1.0/state/statestore/k")]
    [InlineData("POST", "/v1.0/state/statestore")]
    [InlineData("POST", "/v1.0/state/statestore/bulk")]
    [InlineData("GET", "/v1.0/metadata")]
    [InlineData("PUT", "/v1.0/metadata/k")]
    [InlineData("POST", "/v1.0/shutdown")]
    [InlineData("GET", "/v1.0/nosuch")]
    [InlineData("GET", "/nosuch")]
    [InlineData("GET", "/v2.0/healthz")]
    [InlineData("POST", "/")]
    [InlineData("POST", "/healthz")]
    [InlineData("POST", "/v1.0/healthz")]
    [InlineData("DELETE", "/v1.0/healthz/outbound")]
    [InlineData("GET", "/v1.0/healthzz")]
    [InlineData("GET", "/v1.0/healthz/nosuch")]
    [InlineData("GET", "/v1.0/healthz/../metadata")]
    [InlineData("GET", "/v1.0/healthz/%2E%2E/metadata")]
    [InlineData("GET", "/v1.0/healthz%2F..%2Fmetadata")]
    [InlineData("GET", "/v1.0/HEALTHZ")]
    [InlineData("GET", "/.well-known/nosuch")]
    [InlineData("OPTIONS", "/v1.0/metadata")]
    public async Task Request_WithoutToken_401(string method, string path) =>
        await WireCheck.SendAsync(target.Port, WireStep.Send(method, path, Refused));

    [Theory]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData("S3cret")]
    [InlineData("s3cret2")]
    [InlineData("s3cre")]
    [InlineData("Bearer s3cret")]
    public async Task Request_WithAnotherToken_401(string token) =>
        await WireCheck.SendAsync(target.Port, WireStep.Get("/v1.0/metadata", Refused).With("dapr-api-token", token));

    [Theory]
    [InlineData("/v1.0/healthz", 204)]
    [InlineData("/v1.0/healthz?appid=app", 204)]
    [InlineData("/v1.0/healthz/outbound", 204)]
    [InlineData("/healthz", 200)]
    public async Task Exempt_WithoutToken_Answers(string path, int status) =>
        await WireCheck.SendAsync(target.Port, WireStep.Get(path, new WireAnswer(status) { Body = "" }));

    [Fact]
    public async Task Root_PlainGetWithoutToken_IsDaprs404() =>
        await WireCheck.SendAsync(target.Port, WireStep.Get("/", RouteTable.NoRoute));

    [Fact]
    public async Task Root_GetWithAppIdButWithoutToken_401() =>
        await WireCheck.SendAsync(target.Port, WireStep.Get("/", Refused).With("dapr-app-id", "other"));

    [Fact]
    public async Task Requests_WithTheToken_AreServed()
    {
        await WireCheck.SendAllAsync(
            target.Port,
            WireStep.Save("1").With("dapr-api-token", TokenTarget.Token),
            WireStep.Read(WireAnswer.Bytes("1")).With("Dapr-Api-Token", TokenTarget.Token),
            WireStep.Get("/v1.0/nosuch", RouteTable.NoRoute).With("dapr-api-token", TokenTarget.Token));
    }
}
