namespace Serverless.Backends.Redis;

/// <summary>An ACL user with the permissions of an ACL rule, such as <c>~app||* +@all</c> or <c>allkeys +get +hgetall</c>.</summary>
public sealed record RedisUser(string Name, string Password, string Permissions = "allkeys allchannels +@all");
