using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

/// <summary>Settings for servers that a test has started.</summary>
internal static class RedisEndpoints
{
    /// <summary><c>host:port,host:port</c>.</summary>
    public static RedisOptions Options(RedisTopology topology, string addresses) => new()
    {
        Topology = topology,
        Endpoints =
        [
            .. addresses.Split(',').Select(address => address.Split(':'))
                .Select(parts => new RedisEndpoint(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture))),
        ],
        Logger = NullLogger.Instance,
    };
}
