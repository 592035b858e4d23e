using System.Net;
using System.Net.Sockets;

namespace Serverless.Backends.Processes;

/// <summary>Finds loopback ports that nobody listens on.</summary>
public static class FreePort
{
    private const int LowestLasting = 15_000;
    private const int FirstEphemeral = 32_768;

    /// <summary>A port to be taken at once.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A port below those the system gives to outgoing connections, so that a server finds it free again after a restart.</summary>
    public static int Lasting()
    {
        while (true)
        {
            var port = Random.Shared.Next(LowestLasting, FirstEphemeral);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; the next one.
            }
        }
    }
}
