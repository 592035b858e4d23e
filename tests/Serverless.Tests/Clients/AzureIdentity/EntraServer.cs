using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Backends.TokenServers;
using Serverless.Components.Clients.AzureIdentity;

namespace Serverless.Tests.Clients.AzureIdentity;

/// <summary>A token server and, for Azure.Identity, a transport on which every host is that server.</summary>
internal sealed class EntraServer : IAsyncDisposable
{
    private readonly HttpClient _client;

    private EntraServer(TokenServer tokens)
    {
        Tokens = tokens;
        _client = new HttpClient(tokens.CreateHandler());
        Transport = new HttpClientTransport(_client);
    }

    public TokenServer Tokens { get; }

    public HttpPipelineTransport Transport { get; }

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>An application with nothing to prove itself by.</summary>
    public AzureIdentityOptions Application => new() { TenantId = Tokens.TenantId, ClientId = Tokens.ClientId, Environment = Environment.GetValueOrDefault };

    public AzureIdentityOptions WithSecret => Application with { ClientSecret = Tokens.ClientSecret, Methods = [AzureAuthMethod.ClientSecret] };

    public static async Task<EntraServer> StartAsync() => new(await TokenServer.StartAsync());

    public TokenCredential Create(AzureIdentityOptions options, TimeProvider? time = null) => AzureCredentials.Create(options, time ?? TimeProvider.System, Transport);

    /// <summary>A token for a resource that no other test asks for, because Azure.Identity caches some for the whole process.</summary>
    public ValueTask<AccessToken> GetTokenAsync(AzureIdentityOptions options, CancellationToken? cancellationToken = null) =>
        Create(options).GetTokenAsync(NewScope(), cancellationToken ?? TestContext.Current.CancellationToken);

    public static TokenRequestContext NewScope() => new([$"https://{Guid.NewGuid():N}/.default"]);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Tokens.DisposeAsync();
    }
}
