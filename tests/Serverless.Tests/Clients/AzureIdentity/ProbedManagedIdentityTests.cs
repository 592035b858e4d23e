using System.Net.Sockets;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Serverless.Components.Clients.AzureIdentity;

namespace Serverless.Tests.Clients.AzureIdentity;

/// <summary>Managed identity where the environment names no platform: on a virtual machine, or nowhere in Azure.</summary>
public sealed class ProbedManagedIdentityTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static AzureIdentityOptions ManagedIdentity => new() { Environment = _ => null, Methods = [AzureAuthMethod.ManagedIdentity] };

    [Fact]
    public async Task GetToken_OnAVirtualMachine_ProbesOnce()
    {
        await using var server = await EntraServer.StartAsync();
        var credential = server.Create(ManagedIdentity);

        var token = await credential.GetTokenAsync(EntraServer.NewScope(), Cancel);
        await credential.GetTokenAsync(EntraServer.NewScope(), Cancel);

        Assert.Equal(server.Tokens.IssuedTokens[0], token.Token);
        Assert.Single(server.Tokens.Requests, request => request["resource"] is null);
        Assert.All(server.Tokens.Requests, request => Assert.Equal("169.254.169.254", request.Host));
    }

    [Fact]
    public async Task GetToken_NobodyAnswers_IsUnavailableAfterOneSecond()
    {
        var time = new ManualTimeProvider();
        using var client = new HttpClient(new StuckHandler(isReachable: true));
        var credential = AzureCredentials.Create(ManagedIdentity, time, new HttpClientTransport(client));

        var asking = credential.GetTokenAsync(EntraServer.NewScope(), Cancel).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(asking.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        var refusal = await Assert.ThrowsAsync<CredentialUnavailableException>(() => asking);
        Assert.Equal("no Azure identity is available: managed identity: no answer within 1 s", refusal.Message);
    }

    [Fact]
    public async Task GetToken_CancelledWhileProbing_Ends()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var client = new HttpClient(new StuckHandler(isReachable: true));
        var credential = AzureCredentials.Create(ManagedIdentity, new ManualTimeProvider(), new HttpClientTransport(client));

        var asking = credential.GetTokenAsync(EntraServer.NewScope(), cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    public static TheoryData<Exception> Faults => [new HttpRequestException("no route"), new SocketException((int)SocketError.NotConnected), new IOException("it ended")];

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public async Task GetToken_EndpointUnreachable_NextMethodIsTriedAndBothAreNamed(Exception fault)
    {
        using var client = new HttpClient(new StuckHandler(isReachable: false, fault));
        var options = ManagedIdentity with { Methods = [AzureAuthMethod.WorkloadIdentity, AzureAuthMethod.ManagedIdentity] };
        var credential = AzureCredentials.Create(options, TimeProvider.System, new HttpClientTransport(client));

        var refusal = await Assert.ThrowsAsync<CredentialUnavailableException>(async () => await credential.GetTokenAsync(EntraServer.NewScope(), Cancel));

        Assert.Equal(
            "no Azure identity is available: workload identity: lacks AZURE_TENANT_ID and AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE; "
            + "managed identity: its endpoint cannot be reached",
            refusal.Message);
    }

    [Theory]
    [InlineData(null, "managed identity, Azure CLI")]
    [InlineData("IDENTITY_ENDPOINT", "managed identity")]
    [InlineData("IMDS_ENDPOINT", "managed identity")]
    [InlineData("MSI_ENDPOINT", "managed identity")]
    public void Create_OnAPlatform_LeavesTheCommandLineOut(string? variable, string methods)
    {
        var options = ManagedIdentity with { Methods = null, Environment = name => name == variable ? "http://127.0.0.1:1/" : null };

        Assert.Equal(methods, AzureCredentials.Create(options, TimeProvider.System).ToString());
        Assert.Equal("Azure CLI", AzureCredentials.Create(options with { Methods = [AzureAuthMethod.AzureCli] }, TimeProvider.System).ToString());
    }

    [Fact]
    public async Task GetToken_Synchronously_IsNotSupported()
    {
        await using var server = await EntraServer.StartAsync();

        Assert.Throws<NotSupportedException>(() => server.Create(ManagedIdentity).GetToken(new TokenRequestContext(["x"]), Cancel));
    }
}
