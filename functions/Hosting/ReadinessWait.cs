using System.Globalization;
using System.Net.Sockets;

namespace Serverless.Functions.Hosting;

/// <summary><c>--wait</c>: waits until another process of this app serves.</summary>
internal static class ReadinessWait
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(5);

    /// <summary>Asks until the answer is 2xx; false when that took longer than <paramref name="limit"/>.</summary>
    public static async Task<bool> RunAsync(int port, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = Attempt };
        using var client = new HttpClient(handler) { Timeout = Attempt };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        using var timer = new PeriodicTimer(Interval);
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/v1.0/healthz/outbound"));
        try
        {
            do
            {
                if (await IsReadyAsync(client, address, deadline.Token))
                {
                    return true;
                }
            }
            while (await timer.WaitForNextTickAsync(deadline.Token));
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            // Reported as not ready.
        }

        return false;
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // This attempt alone took too long.
            return false;
        }
    }
}
