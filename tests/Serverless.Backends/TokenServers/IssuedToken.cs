namespace Serverless.Backends.TokenServers;

/// <summary>A token that was issued: for whom, its text, and when it ends.</summary>
public sealed record IssuedToken(string ObjectId, string Value, DateTimeOffset ExpiresOn);
