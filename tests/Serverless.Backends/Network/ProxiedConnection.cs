using System.Net;
using System.Net.Sockets;

namespace Serverless.Backends.Network;

/// <summary>One connection through a <see cref="TcpProxy"/>.</summary>
internal sealed class ProxiedConnection(Socket client) : IDisposable
{
    private readonly CancellationTokenSource _cut = new();
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public async Task RunAsync(int targetPort, ProxyDirection toServer, ProxyDirection toClient)
    {
        try
        {
            await _server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, targetPort), _cut.Token);
            var up = PumpAsync(toServer, client, _server);
            var down = PumpAsync(toClient, _server, client);
            await Task.WhenAll(up, down);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone: so is the other.
            Reset();
        }
    }

    /// <summary>Ends both sides with RST.</summary>
    public void Cut() => _cut.Cancel();

    public void Dispose()
    {
        // The cancellation source has no timer and may still be asked to cut.
        client.Dispose();
        _server.Dispose();
    }

    private async Task PumpAsync(ProxyDirection direction, Socket from, Socket to)
    {
        var isCut = true;
        try
        {
            isCut = await direction.PumpAsync(from, to, _cut.Token);
        }
        finally
        {
            if (isCut)
            {
                await _cut.CancelAsync();
                Reset();
            }
        }
    }

    private void Reset()
    {
        foreach (var socket in new[] { client, _server })
        {
            // Closing without lingering sends RST.
            socket.Close(0);
        }
    }
}
