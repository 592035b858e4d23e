using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Serverless.Backends.WebServices;

/// <summary>A TCP server that reads up to an empty line and then writes whatever it is told, HTTP or not.</summary>
public sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Any, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, NetworkStream, CancellationToken, Task> _answer;
    private readonly Task _accepting;
    private int _accepted;
    private byte[]? _greeting;

    /// <summary>Begins to listen.</summary>
    /// <param name="answer">Gets the request's head and the connection, which is closed afterwards.</param>
    public RawServer(Func<string, NetworkStream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>Connections so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>A server that says one text at once, as if it knew what is coming, and then only listens.</summary>
    public static RawServer Greeting(string text) => new((_, _, _) => Task.CompletedTask) { _greeting = Encoding.Latin1.GetBytes(text) };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Before the listener: told to stop, it can't be asked for another client.
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                open.Add(ServeAsync(client));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        try
        {
            await using var stream = client.GetStream();
            if (_greeting is not null)
            {
                await stream.WriteAsync(_greeting, _stop.Token);
            }

            var head = new StringBuilder();
            var buffer = new byte[4096];
            while (_greeting is not null || !head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                var read = await stream.ReadAsync(buffer, _stop.Token);
                if (read == 0)
                {
                    return;
                }

                head.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }

            await _answer(head.ToString(), stream, _stop.Token);
        }
        catch (Exception end) when (end is IOException or SocketException or OperationCanceledException)
        {
            // The other side has gone, or the test is over.
        }
    }
}
