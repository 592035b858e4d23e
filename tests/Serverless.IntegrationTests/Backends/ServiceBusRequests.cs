using System.Net.Http.Headers;
using System.Text;
using Serverless.Backends.ServiceBus;

namespace Serverless.IntegrationTests.Backends;

/// <summary>Requests to a namespace of Service Bus, with nothing of a client around them.</summary>
internal sealed class ServiceBusRequests(ServiceBusServer server, Uri? address = null) : IDisposable
{
    private readonly HttpClient _http = new(server.CreateHandler());

    public Uri Address { get; } = address ?? server.Address;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public HttpRequestMessage Request(HttpMethod method, string path, string? body = null, string type = "text/plain", string? token = null)
    {
        var request = new HttpRequestMessage(method, new Uri(Address, path));
        request.Headers.TryAddWithoutValidation("Authorization", token ?? server.CreateToken());
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        return request;
    }

    public async Task<(int Status, string Body)> SendAsync(HttpRequestMessage request)
    {
        using var answer = await _http.SendAsync(request, Token);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    public async Task<(int Status, string Body)> PostAsync(string path, string body, string type = "text/plain")
    {
        using var request = Request(HttpMethod.Post, path, body, type);
        return await SendAsync(request);
    }

    /// <summary>Receives from a queue: locked with POST, for good with DELETE.</summary>
    public async Task<HttpResponseMessage> TakeAsync(string path, HttpMethod? method = null, int timeout = 0)
    {
        using var request = Request(method ?? HttpMethod.Post, $"{path}/messages/head?timeout={timeout}");
        return await _http.SendAsync(request, Token);
    }

    public Task<int> SettleAsync(HttpMethod method, HttpResponseMessage locked) => SettleAsync(method, locked.Headers.Location!);

    public async Task<int> SettleAsync(HttpMethod method, Uri location)
    {
        using var request = Request(method, location.ToString());
        return (await SendAsync(request)).Status;
    }

    public void Dispose() => _http.Dispose();
}
