namespace Serverless.Components.Clients.Redis;

/// <summary>What AUTH sends.</summary>
/// <param name="Username">The ACL user; empty means the default user.</param>
/// <param name="Password">Its password or access token.</param>
/// <param name="ExpiresOn">When a token ends, so that the connection is authenticated again before; null for a password.</param>
internal sealed record RedisCredentials(string Username, string Password, DateTimeOffset? ExpiresOn = null)
{
    /// <summary>Says nothing of the password.</summary>
    public override string ToString() => Username.Length > 0 ? $"user {Username}" : "default user";
}
