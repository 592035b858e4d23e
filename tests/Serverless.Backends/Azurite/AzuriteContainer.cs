using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml.Linq;

namespace Serverless.Backends.Azurite;

/// <summary>A blob container that a test fills, with plain requests of its own.</summary>
public sealed class AzuriteContainer : IDisposable
{
    private readonly HttpClient _client;
    private readonly string _sas;

    private AzuriteContainer(AzuriteServer server, string name, X509Certificate2? authority)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), UseProxy = false };
        if (authority is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck };
        }

        _client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) };
        Name = name;
        Address = $"{server.BlobEndpoint}/{name}";
        _sas = AzuriteSas.ForAccount(server.Account, server.Key);
    }

    /// <summary>The container's name.</summary>
    public string Name { get; }

    /// <summary>Its address, without a signature.</summary>
    public string Address { get; }

    /// <summary>Creates a container.</summary>
    /// <param name="server">Where.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="authority">Whom to trust for a server with https.</param>
    public static async Task<AzuriteContainer> CreateAsync(AzuriteServer server, string name, CancellationToken cancellationToken, X509Certificate2? authority = null)
    {
        var container = new AzuriteContainer(server, name, authority);
        await container.SendAsync(HttpMethod.Put, "?restype=container&", null, cancellationToken);
        return container;
    }

    /// <summary>A container that is there already.</summary>
    public static AzuriteContainer Of(AzuriteServer server, string name) => new(server, name, authority: null);

    /// <summary>Makes a snapshot of a blob.</summary>
    public Task SnapshotAsync(string blob, CancellationToken cancellationToken) => SendAsync(HttpMethod.Put, $"/{Uri.EscapeDataString(blob)}?comp=snapshot&", null, cancellationToken);

    /// <summary>Puts a block of a blob that is never committed.</summary>
    public Task PutBlockAsync(string blob, string text, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, $"/{Uri.EscapeDataString(blob)}?comp=block&blockid=MDAx&", text, cancellationToken);

    /// <summary>Puts a blob, new or changed.</summary>
    public Task PutAsync(string blob, string text, CancellationToken cancellationToken) => SendAsync(HttpMethod.Put, $"/{Uri.EscapeDataString(blob)}?", text, cancellationToken);

    /// <summary>Deletes a blob.</summary>
    public Task DeleteAsync(string blob, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, $"/{Uri.EscapeDataString(blob)}?", null, cancellationToken);

    /// <summary>Ends the leases of all blobs now, as the service does when their time is over; each must have an end.</summary>
    public async Task EndLeasesAsync(CancellationToken cancellationToken)
    {
        using var listing = new HttpRequestMessage(HttpMethod.Get, $"{Address}?restype=container&comp=list&{_sas}");
        using var list = await _client.SendAsync(listing, cancellationToken);
        var blobs = XDocument.Parse(await list.Content.ReadAsStringAsync(cancellationToken)).Descendants("Blob");
        foreach (var blob in blobs.Where(blob => blob.Descendants("LeaseState").Any(state => state.Value == "leased")))
        {
            if (blob.Descendants("LeaseDuration").SingleOrDefault()?.Value != "fixed")
            {
                throw new InvalidOperationException($"the lease of {Name}/{blob.Element("Name")!.Value} never ends");
            }

            using var request = new HttpRequestMessage(HttpMethod.Put, $"{Address}/{Uri.EscapeDataString(blob.Element("Name")!.Value)}?comp=lease&{_sas}");
            request.Headers.Add("x-ms-lease-action", "break");
            request.Headers.Add("x-ms-lease-break-period", "0");
            using var response = await _client.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Deletes the container.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, "?restype=container&", null, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task SendAsync(HttpMethod method, string rest, string? text, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, $"{Address}{rest}{_sas}");
        if (text is not null)
        {
            request.Headers.Add("x-ms-blob-type", "BlockBlob");
            request.Content = new StringContent(text, Encoding.UTF8, "application/yaml");
        }

        using var response = await _client.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{method} {Address}{rest} was answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }
}
