using Azure.Core.Pipeline;
using Serverless.Backends.Faults;
using Serverless.Backends.KeyVault;
using Serverless.Components.Clients.AzureKeyVault;

namespace Serverless.Tests.Clients.AzureKeyVault;

/// <summary>A vault, and clients' options with which every host is that vault.</summary>
internal sealed class VaultTarget : IAsyncDisposable
{
    private readonly HttpClient _http;

    private VaultTarget(KeyVaultServer server)
    {
        Server = server;
        Credential = new VaultCredential(server.Token);
        Rewriting = new RewritingHandler(server.CreateHandler());
        _http = new HttpClient(Rewriting);
        Options = new KeyVaultOptions
        {
            Address = new Uri($"https://{Host}"),
            Resource = "https://vault.azure.net",
            Credential = Credential,
            Transport = new HttpClientTransport(_http),
        };
    }

    public KeyVaultServer Server { get; }

    /// <summary>The vault's name for its clients; Microsoft's keeps challenges by host for the whole process.</summary>
    public string Host { get; } = $"v{Guid.NewGuid():N}.vault.azure.net";

    public HttpFaults Faults => Server.Faults;

    public VaultCredential Credential { get; }

    /// <summary>Changes what the vault answers.</summary>
    public RewritingHandler Rewriting { get; }

    public KeyVaultOptions Options { get; }

    /// <summary>The statuses of answered requests with a token; null for one that got no answer.</summary>
    public IEnumerable<int?> Statuses => Server.Requests.Where(request => request.IsAuthorized).Select(request => request.Status);

    public static async Task<VaultTarget> StartAsync(KeyVaultSettings? settings = null) => new(await KeyVaultServer.StartAsync(settings));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
    }
}
