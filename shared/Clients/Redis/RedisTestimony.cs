namespace Serverless.Components.Clients.Redis;

/// <summary>What one of several servers had to say.</summary>
/// <param name="Answer">What it answered; null when it did not.</param>
/// <param name="Fault">Why it did not; null when it did.</param>
internal readonly record struct RedisTestimony<T>(T? Answer, RedisException? Fault)
    where T : class;
