namespace Serverless.Components.Clients.Redis;

/// <summary>Where a server listens.</summary>
/// <param name="Host">A name or an address, IPv6 without brackets.</param>
/// <param name="Port">The TCP port.</param>
internal readonly record struct RedisEndpoint(string Host, int Port)
{
    /// <summary><c>host:port</c>, with brackets around IPv6.</summary>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
