using System.Collections.Concurrent;
using System.Text;

namespace Serverless.Tests.Clients.AzureKeyVault;

/// <summary>Changes the text of answers on their way, and keeps the hosts that were asked.</summary>
internal sealed class RewritingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly ConcurrentQueue<string> _hosts = new();

    /// <summary>Makes another text of a successful answer's; null leaves them alone.</summary>
    public Func<string, string>? Rewrite { get; set; }

    public IEnumerable<string> Hosts => _hosts.Distinct();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _hosts.Enqueue(request.RequestUri!.Host);
        var response = await base.SendAsync(request, cancellationToken);
        if (Rewrite is { } rewrite && response.IsSuccessStatusCode)
        {
            response.Content = new StringContent(rewrite(await response.Content.ReadAsStringAsync(cancellationToken)), Encoding.UTF8, "application/json");
        }

        return response;
    }
}
