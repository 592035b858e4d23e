using System.Net;
using System.Net.Sockets;

namespace Serverless.Backends.Processes;

/// <summary>Finds loopback ports that nobody listens on.</summary>
public static class FreePort
{
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
