using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Serverless.Backends.Network;

/// <summary>A TCP proxy on loopback in front of a server, which delays, splits, holds or cuts what goes through.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<ProxiedConnection, Task> _open = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _accepted;

    /// <summary>Listens on a port of its own and forwards to <paramref name="targetPort"/> on 127.0.0.1.</summary>
    public TcpProxy(int targetPort)
    {
        TargetPort = targetPort;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port to connect to.</summary>
    public int Port { get; }

    /// <summary>Where new connections lead; may change.</summary>
    public int TargetPort { get; set; }

    /// <summary>Cuts every new connection at once, as a server without a listener does.</summary>
    public bool IsRefusing { get; set; }

    /// <summary>From the client to the server.</summary>
    public ProxyDirection ToServer { get; } = new();

    /// <summary>From the server to the client.</summary>
    public ProxyDirection ToClient { get; } = new();

    /// <summary>Connections made so far, refused ones too.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections open now.</summary>
    public int Open => _open.Count;

    /// <summary>Cuts all open connections with RST, on both sides.</summary>
    public void CutAll()
    {
        foreach (var connection in _open.Keys)
        {
            connection.Cut();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        var running = _open.Values;
        CutAll();
        await Task.WhenAll(running);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                if (IsRefusing)
                {
                    client.Close(0);
                    continue;
                }

                client.NoDelay = true;
                var connection = new ProxiedConnection(client);
                var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _open[connection] = RunAsync(connection, ready.Task);
                ready.SetResult();
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The proxy ends.
        }
    }

    private async Task RunAsync(ProxiedConnection connection, Task ready)
    {
        await ready;
        await connection.RunAsync(TargetPort, ToServer, ToClient);
        _open.TryRemove(connection, out _);
        connection.Dispose();
    }
}
