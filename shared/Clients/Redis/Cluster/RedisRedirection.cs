using System.Globalization;

namespace Serverless.Components.Clients.Redis.Cluster;

/// <summary>A node's word that another one serves a slot.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Target">The node to go to.</param>
internal readonly record struct RedisRedirection(int Slot, RedisEndpoint Target)
{
    /// <summary>Reads <c>MOVED slot host:port</c> or <c>ASK slot host:port</c>; null when it says nothing useful.</summary>
    /// <remarks>Redis docs: reference/cluster-spec, "Redirection and resharding". IPv6 stands there without brackets.</remarks>
    /// <param name="error">The error's text.</param>
    /// <param name="asked">The host that said so, which is meant where none is named; null when it is not in use any more.</param>
    public static RedisRedirection? Parse(string error, string? asked)
    {
        var parts = error.Split(' ');
        var colon = parts.Length == 3 ? parts[2].LastIndexOf(':') : -1;
        return colon >= 0
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var slot)
            && slot < RedisKeySlot.Count
            && int.TryParse(parts[2].AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && Address(parts[2][..colon], port, asked) is { } target
            ? new RedisRedirection(slot, target)
            : null;
    }

    /// <summary>A node's address; null when it is not known, which Redis writes as <c>?</c> or port 0.</summary>
    public static RedisEndpoint? Address(string? host, long port, string? asked)
    {
        var meant = string.IsNullOrEmpty(host) ? asked : host;
        return meant is null or "?" || port is <= 0 or > ushort.MaxValue ? null : new RedisEndpoint(meant, (int)port);
    }
}
