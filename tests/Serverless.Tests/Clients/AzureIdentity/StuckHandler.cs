namespace Serverless.Tests.Clients.AzureIdentity;

/// <summary>A network on which requests get nowhere: at once, or never.</summary>
internal sealed class StuckHandler(bool isReachable, Exception? fault = null) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (isReachable)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        throw fault ?? new HttpRequestException("no route");
    }
}
