using Azure.Core;
using Azure.Identity;
using Serverless.Backends.TokenServers;
using Serverless.Components.Clients.AzureIdentity;

namespace Serverless.Tests.Clients.AzureIdentity;

[Collection(nameof(ProcessEnvironment))]
public sealed class ManagedIdentityTests : IAsyncLifetime
{
    private EntraServer _server = null!;

    private TokenServer Tokens => _server.Tokens;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await EntraServer.StartAsync();
        SetPlatform(Tokens.IdentityEndpoint, Tokens.IdentityHeader);
    }

    public async ValueTask DisposeAsync()
    {
        SetPlatform(null, null);
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task GetToken_OnAppService_IsTheSystemsIdentity()
    {
        var credential = AzureCredentials.Create(Anyone(), TimeProvider.System);

        var token = await credential.GetTokenAsync(new TokenRequestContext(["https://redis.azure.com/.default"]), Cancel);

        Assert.Equal(Assert.Single(Tokens.IssuedTokens), token.Token);
        Assert.Equal("https://redis.azure.com", Tokens.Requests[0]["resource"]);
        Assert.Null(Assert.Single(Tokens.Requests)["client_id"]);
        Assert.Equal("/msi/token", Tokens.Requests[0].Path);
    }

    [Fact]
    public async Task GetToken_ClientIdStated_IsThatUserAssignedIdentity()
    {
        var clientId = Guid.NewGuid().ToString();
        Tokens.UserAssigned.Add(clientId);

        await AzureCredentials.Create(Anyone() with { ClientId = clientId }, TimeProvider.System).GetTokenAsync(EntraServer.NewScope(), Cancel);

        Assert.Equal(clientId, Assert.Single(Tokens.Requests)["client_id"]);
    }

    [Fact]
    public async Task GetToken_TokenAboutToEnd_IsRenewed()
    {
        Tokens.TokenLifetime = TimeSpan.FromSeconds(30);
        var scope = EntraServer.NewScope();
        var credential = AzureCredentials.Create(Anyone(), TimeProvider.System);

        var first = await credential.GetTokenAsync(scope, Cancel);
        var second = await credential.GetTokenAsync(scope, Cancel);

        Assert.Equal([first.Token, second.Token], Tokens.IssuedTokens);
    }

    [Theory]
    [InlineData(TokenFault.TooManyRequests)]
    [InlineData(TokenFault.ServerError)]
    public async Task GetToken_FaultThatPasses_IsTriedAgain(TokenFault fault)
    {
        Tokens.Inject(fault);

        var token = await AzureCredentials.Create(Anyone(), TimeProvider.System).GetTokenAsync(EntraServer.NewScope(), Cancel);

        Assert.Equal(Assert.Single(Tokens.IssuedTokens), token.Token);
        Assert.Equal(2, Tokens.Requests.Count);
    }

    [Fact]
    public async Task GetToken_IdentityUnknown_FailsWithoutTheHeader()
    {
        var credential = AzureCredentials.Create(Anyone() with { ClientId = Guid.NewGuid().ToString() }, TimeProvider.System);

        var refusal = await Assert.ThrowsAnyAsync<AuthenticationFailedException>(async () => await credential.GetTokenAsync(EntraServer.NewScope(), Cancel));

        Assert.EndsWith("No managed identity was found for the given client id", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Tokens.IdentityHeader, refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetToken_HeaderWrong_FailsWithoutTheHeader()
    {
        SetPlatform(Tokens.IdentityEndpoint, "s3cr3t-header");
        var credential = AzureCredentials.Create(Anyone(), TimeProvider.System);

        var refusal = await Assert.ThrowsAnyAsync<AuthenticationFailedException>(async () => await credential.GetTokenAsync(EntraServer.NewScope(), Cancel));

        Assert.EndsWith("the identity header is not valid", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t-header", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetToken_Cancelled_Ends()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Tokens.Inject(TokenFault.Hang);

        var asking = AzureCredentials.Create(Anyone(), TimeProvider.System).GetTokenAsync(EntraServer.NewScope(), cancel.Token).AsTask();
        await Tokens.Hung.WaitAsync(Cancel);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    private static AzureIdentityOptions Anyone() => new() { Environment = ProcessEnvironment.Read };

    private static void SetPlatform(string? endpoint, string? header)
    {
        Environment.SetEnvironmentVariable("IDENTITY_ENDPOINT", endpoint);
        Environment.SetEnvironmentVariable("IDENTITY_HEADER", header);
    }
}
