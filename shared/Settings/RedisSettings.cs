using Serverless.Components.Clients.Redis;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <summary>The metadata that every Redis component takes.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-state-stores/setup-redis. <c>poolSize</c>, <c>minIdleConns</c> and
/// <c>idleCheckFrequency</c> are checked and have no effect: commands share one connection, which is opened when it is needed.
/// </remarks>
internal static partial class RedisSettings
{
    private const int DefaultRetries = 3;
    private static readonly TimeSpan DefaultMinRetryInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DefaultMaxRetryInterval = TimeSpan.FromMilliseconds(512);

    /// <summary>Reads them; faults are left in <paramref name="binder"/>, and while there are any the result is of no use.</summary>
    public static RedisOptions Read(MetadataBinder binder, ComponentContext context)
    {
        var usesSentinels = binder.Boolean("failover", false);
        var isCluster = binder.OneOf("redisType", "node", "node", "cluster") == "cluster" && !usesSentinels;
        var topology = usesSentinels ? RedisTopology.Sentinel : isCluster ? RedisTopology.Cluster : RedisTopology.Single;
        var database = binder.WholeNumber("redisDB", 0, 0);
        binder.WholeNumber("poolSize", 0, 0);
        binder.WholeNumber("minIdleConns", 0, 0);
        ReadTime(binder, "idleCheckFrequency", TimeSpan.FromMinutes(1), allowsUnlimited: true);

        var idle = ReadTime(binder, "idleTimeout", TimeSpan.FromMinutes(5), allowsUnlimited: true);
        var age = ReadTime(binder, "maxConnAge", TimeSpan.MaxValue, allowsUnlimited: true);
        var options = new RedisOptions
        {
            Endpoints = ReadEndpoints(binder, topology),
            Topology = topology,
            PrimaryName = usesSentinels ? ReadPrimaryName(binder) : "",
            SentinelCredentials = usesSentinels ? ToCredentials(binder.Text("sentinelUsername"), binder.Text("sentinelPassword")) : null,

            // A cluster has no other; daprd ignores the item there too.
            Database = isCluster ? 0 : database,
            Tls = ReadTls(binder),
            ConnectTimeout = ReadTime(binder, "dialTimeout", TimeSpan.FromSeconds(5), allowsUnlimited: false),
            IdleTimeout = idle == TimeSpan.MaxValue ? null : idle,
            MaxConnectionAge = age == TimeSpan.MaxValue ? null : age,
            MaxRetries = ReadRetries(binder),
            Time = context.Host.Time,
            Logger = context.Logger,
        };
        return WithRetryIntervals(binder, WithTimeouts(binder, WithCredentials(binder, context, options)));
    }

    private static string ReadPrimaryName(MetadataBinder binder)
    {
        if (binder.Text("sentinelMasterName") is { } name)
        {
            return name;
        }

        binder.Fault("sentinelMasterName", "a value (failover needs it)");
        return "";
    }

    // The Go client takes 0 for its default, and -1 for none.
    private static int ReadRetries(MetadataBinder binder)
    {
        var name = binder.Text("redisMaxRetries") is null ? "maxRetries" : "redisMaxRetries";
        return binder.WholeNumber(name, DefaultRetries, -1) switch
        {
            0 => DefaultRetries,
            -1 => 0,
            var retries => retries,
        };
    }
}
