using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Serverless.Functions.Hosting;

/// <summary>Binds Kestrel to where the settings say, with Dapr's limits.</summary>
internal static class ApiListeners
{
    private const int HostHeaderLimit = 32 << 10;
    private const int SmallestRequestLine = 8 << 10;
    private const int HeaderCount = 1000;

    /// <summary>Whether the request came in by the public port, which serves health and metadata only.</summary>
    public static bool IsPublic(HttpContext context, RuntimeOptions options) => options.PublicPort is { } port && port == context.Connection.LocalPort;

    /// <summary>Whether one can listen there: an IP address or <c>localhost</c>.</summary>
    public static bool IsAddress(string address) => IsLocalhost(address) || IPAddress.TryParse(address, out _);

    /// <summary>Sets limits and listeners.</summary>
    public static void Configure(KestrelServerOptions server, RuntimeOptions options)
    {
        server.AddServerHeader = false;

        // As in Go, an absolute target wins over a Host header that differs.
        server.AllowHostHeaderOverride = true;
        server.RequestHeaderEncodingSelector = HeaderEncoding.OfRequest;
        server.ResponseHeaderEncodingSelector = HeaderEncoding.OfResponse;
        var headers = options.UnderHost ? HostHeaderLimit : options.ReadBufferSize;
        var limits = server.Limits;
        limits.MaxRequestHeadersTotalSize = headers;
        limits.MaxRequestHeaderCount = HeaderCount;
        limits.MaxRequestLineSize = Math.Max(headers, SmallestRequestLine);
        limits.MaxRequestBufferSize = Math.Max(limits.MaxRequestLineSize, 1 << 20);
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);

        // As good as never, as in Dapr. An infinite time overflows in Kestrel and closes connections at once.
        limits.KeepAliveTimeout = TimeSpan.FromDays(365);

        // The API applies its own limit, with Dapr's answers.
        limits.MaxRequestBodySize = null;
        server.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        Listen(server, options);
    }

    /// <summary>The socket's file in the directory of <c>--unix-domain-socket</c>.</summary>
    public static string SocketPath(RuntimeOptions options) => Path.GetFullPath(Path.Combine(options.UnixDomainSocket, $"dapr-{options.AppId}-http.socket"));

    private static bool IsLocalhost(string address) => address.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private static void Listen(KestrelServerOptions server, RuntimeOptions options)
    {
        if (options.UnderHost)
        {
            server.Listen(IPAddress.Loopback, options.HttpPort);
            return;
        }

        if (options.UnixDomainSocket.Length > 0)
        {
            var socket = SocketPath(options);
            RemoveStale(socket);
            server.ListenUnixSocket(socket);
        }
        else if (options.ListenAddresses.Count == 0)
        {
            server.ListenAnyIP(options.HttpPort);
        }
        else
        {
            ListenOnce(server, options.ListenAddresses, options.HttpPort);
        }

        if (options.PublicPort is { } port)
        {
            Listen(server, options.PublicListenAddress, port);
        }
    }

    // localhost stands for both loopback addresses, and nobody can listen on one of them a second time.
    private static void ListenOnce(KestrelServerOptions server, IReadOnlyList<string> addresses, int port)
    {
        var hasLocalhost = addresses.Any(IsLocalhost);
        if (hasLocalhost)
        {
            Listen(server, "localhost", port);
        }

        foreach (var ip in addresses.Where(address => !IsLocalhost(address)).Select(IPAddress.Parse).Distinct())
        {
            if (!hasLocalhost || (!ip.Equals(IPAddress.Loopback) && !ip.Equals(IPAddress.IPv6Loopback)))
            {
                server.Listen(ip, port);
            }
        }
    }

    private static void Listen(KestrelServerOptions server, string address, int port)
    {
        if (address.Length == 0)
        {
            server.ListenAnyIP(port);
        }
        else if (IPAddress.TryParse(address, out var ip))
        {
            server.Listen(ip, port);
        }
        else if (port == 0)
        {
            // Kestrel can't pick one free port for both loopback addresses.
            server.Listen(IPAddress.Loopback, port);
        }
        else
        {
            server.ListenLocalhost(port);
        }
    }

    /// <summary>A killed process leaves its socket's file behind, and nobody can bind while it is there.</summary>
    private static void RemoveStale(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!File.Exists(path))
        {
            return;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
        }
        catch (SocketException)
        {
            // Not ours to judge: binding will say what is wrong.
        }
    }
}
