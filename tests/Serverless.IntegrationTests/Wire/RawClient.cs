using System.Net;
using System.Net.Sockets;

namespace Serverless.IntegrationTests.Wire;

/// <summary>Sends bytes to a loopback port and reads until the server closes.</summary>
internal static class RawClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task<RawResponse> SendAsync(int port, RawRequest request, CancellationToken cancellationToken) =>
        RawResponse.Parse(
            await ExchangeAsync(port, request.ToBytes($"127.0.0.1:{port}"), cancellationToken), isHead: request.Method == "HEAD");

    /// <summary>Everything the server answered before it closed the connection; a reset ends the answer too.</summary>
    public static async Task<byte[]> ExchangeAsync(int port, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Limit);
        using var socket = await ConnectAsync(port, limited.Token);
        var sending = SendAllAsync(socket, bytes, limited.Token);
        var answer = await ReadToEndAsync(socket, limited.Token);
        await sending;
        return answer;
    }

    public static async Task<Socket> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static async Task<byte[]> ReadToEndAsync(Socket socket, CancellationToken cancellationToken)
    {
        var whole = new MemoryStream();
        var buffer = new byte[16 << 10];
        try
        {
            while (await socket.ReceiveAsync(buffer, cancellationToken) is > 0 and var read)
            {
                await whole.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        catch (SocketException)
        {
            // A reset after the answer is how a server ends a request whose body it did not read.
        }

        return whole.ToArray();
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
            }
        }
        catch (SocketException)
        {
            // The server answered before it had read everything.
        }
    }
}
