using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Serverless.Components.Clients.Redis;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <content>Where the servers listen.</content>
internal static partial class RedisSettings
{
    private const int DefaultPort = 6379;

    private static List<RedisEndpoint> ReadEndpoints(MetadataBinder binder, RedisTopology topology)
    {
        var port = binder.WholeNumber("redisPort", 0, 0, ushort.MaxValue);
        var endpoints = new List<RedisEndpoint>();
        foreach (var address in binder.Required("redisHost").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryParse(address, out var host, out var ownPort))
            {
                binder.Fault("redisHost", "host, host:port or [IPv6]:port, several separated by commas");
            }
            else if (port > 0 && ownPort is not null && ownPort != port)
            {
                binder.Fault("redisPort", $"the port {ownPort} that redisHost has, or none");
            }
            else
            {
                endpoints.Add(new RedisEndpoint(host, ownPort ?? (port > 0 ? port : DefaultPort)));
            }
        }

        if (endpoints.Count > 1 && topology == RedisTopology.Single)
        {
            binder.Fault("redisHost", "one address, unless redisType is cluster or failover is true");
        }

        return endpoints;
    }

    /// <summary>Takes an address apart; the host of an IPv6 address loses its brackets, the port is null when it has none.</summary>
    private static bool TryParse(string address, out string host, out int? port)
    {
        port = null;
        host = address;
        var colon = address.LastIndexOf(':');
        if (address is ['[', ..])
        {
            var end = address.IndexOf(']', StringComparison.Ordinal);
            host = end > 0 ? address[1..end] : "";
            return IsIPv6(host) && (end == address.Length - 1 || (colon == end + 1 && TryParsePort(address[(colon + 1)..], out port)));
        }

        if (colon < 0 || IsIPv6(address))
        {
            return IsName(host);
        }

        host = address[..colon];
        return IsName(host) && TryParsePort(address[(colon + 1)..], out port);
    }

    private static bool IsIPv6(string text) => IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    private static bool IsName(string text) => IsIPv6(text) || (text.Length > 0 && text.IndexOfAny([':', '/', '@', '[', ']', ' ']) < 0);

    private static bool TryParsePort(string text, out int? port)
    {
        var isPort = ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
        port = isPort ? number : null;
        return isPort;
    }
}
