using Azure.Core;
using Azure.Identity;
using Serverless.Components.Clients.AzureIdentity;
using Serverless.Components.Settings;

namespace Serverless.Tests.Components.Settings;

public sealed class PostgreSqlEntraTokensTests
{
    private static readonly Dictionary<string, AzureCloud> Clouds = new()
    {
        ["public"] = AzureCloud.Public,
        ["china"] = AzureCloud.China,
        ["government"] = AzureCloud.UsGovernment,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "https://ossrdbms-aad.database.windows.net/.default")]
    [InlineData("public", "https://ossrdbms-aad.database.windows.net/.default")]
    [InlineData("china", "https://ossrdbms-aad.database.chinacloudapi.cn/.default")]
    [InlineData("government", "https://ossrdbms-aad.database.usgovcloudapi.net/.default")]
    public async Task Token_OfEachCloud_HasItsScope(string cloud, string scope) =>
        Assert.Equal(scope, await new PostgreSqlEntraTokens(() => new EchoingCredential(null), Clouds.GetValueOrDefault(cloud)).GetAsync(Cancel));

    [Fact]
    public async Task Fault_Explained_IsTold()
    {
        var tokens = new PostgreSqlEntraTokens(() => new EchoingCredential(new CredentialUnavailableException("no identity")), null);

        Assert.Equal("no token: no identity", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await tokens.GetAsync(Cancel))).Message);
    }

    [Fact]
    public async Task Fault_OfAnotherKind_IsToldWithoutItsText()
    {
        var tokens = new PostgreSqlEntraTokens(() => new EchoingCredential(new HttpRequestException("s3cret")), null);

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(async () => await tokens.GetAsync(Cancel));

        Assert.Equal("no token: HttpRequestException", fault.Message);
        Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Its token is the scope it was asked for.</summary>
    private sealed class EchoingCredential(Exception? fault) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            fault is null ? new(new AccessToken(requestContext.Scopes.Single(), DateTimeOffset.MaxValue)) : throw fault;
    }
}
