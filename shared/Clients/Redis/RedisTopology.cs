namespace Serverless.Components.Clients.Redis;

/// <summary>How the servers of a deployment divide the work.</summary>
internal enum RedisTopology
{
    /// <summary>One server.</summary>
    Single,

    /// <summary>A primary that sentinels watch and replace.</summary>
    Sentinel,

    /// <summary>Redis Cluster: each primary holds part of the keys.</summary>
    Cluster,
}
