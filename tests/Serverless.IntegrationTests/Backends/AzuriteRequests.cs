using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Serverless.Backends.Azurite;
using Serverless.Backends.Network;

namespace Serverless.IntegrationTests.Backends;

/// <summary>Requests to Azurite that are written out in full, without any client.</summary>
internal sealed class AzuriteRequests : IDisposable
{
    /// <summary>Lets everything do with the default account until 2030.</summary>
    public const string AccountSas = "sv=2021-12-02&ss=bqt&srt=sco&sp=rwdlacup&se=2030-01-01T00:00:00Z&sig=gpeah2khtzVEz5l8NIEfOCdqpAnLiD7Cvg1BDARbaNg%3D";

    private const string Version = "2021-12-02";
    private readonly HttpClient _http;

    public AzuriteRequests(CertificateSet? certificates = null)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        if (certificates is not null)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificates.Server.GetCertHashString();
        }

        _http = new HttpClient(handler);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a request; the content type goes out as given.</summary>
    public async Task<(HttpStatusCode Status, string Text)> SendAsync(
        HttpMethod method,
        string url,
        (string Type, string Text)? body,
        IReadOnlyDictionary<string, string> headers)
    {
        using var request = new HttpRequestMessage(method, url);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.TryAddWithoutValidation("x-ms-version", headers.GetValueOrDefault("x-ms-version", Version));
        foreach (var (name, value) in headers.Where(header => header.Key != "x-ms-version"))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is { } content)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(content.Text));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(content.Type);
        }

        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>GET with the headers given.</summary>
    public Task<(HttpStatusCode Status, string Text)> GetAsync(string url, IReadOnlyDictionary<string, string> headers) =>
        SendAsync(HttpMethod.Get, url, null, headers);

    /// <summary>Makes the table <c>Tab</c>.</summary>
    public async Task CreateTableAsync(AzuriteServer server)
    {
        var (status, text) = await SendAsync(
            HttpMethod.Post,
            $"{server.TableEndpoint}/Tables?{AccountSas}",
            ("application/json", """{"TableName":"Tab"}"""),
            new Dictionary<string, string>());
        Assert.True(status == HttpStatusCode.Created, text);
    }

    /// <summary>The names of all tables, as JSON.</summary>
    public async Task<string> TablesAsync(AzuriteServer server) =>
        (await GetAsync($"{server.TableEndpoint}/Tables?{AccountSas}", new Dictionary<string, string>())).Text;
}
