using System.Collections.Concurrent;
using System.Diagnostics;
using Serverless.Backends.Processes;
using Serverless.Components.Clients.Redis;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Clients.Redis;

/// <summary>What the tests of the client share: its settings, its log, calls in one line.</summary>
public abstract class RedisClientTest
{
    /// <summary>An upper bound of what happens soon, also on a busy machine.</summary>
    protected static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    protected const string FateUnknown = "whether it was executed is unknown";

    protected const string NotExecuted = "not executed";

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected LogCapture Log { get; } = new();

    private protected static RedisScript Increment { get; } = new("return redis.call('INCRBY', KEYS[1], ARGV[1])");

    private protected static RedisScript AddMember { get; } = new("return redis.call('SADD', KEYS[1], ARGV[1])");

    private protected RedisOptions Settings(int port) => Settings(new RedisEndpoint("127.0.0.1", port));

    private protected RedisOptions Settings(RedisEndpoint endpoint) => new() { Endpoints = [endpoint], Logger = Log };

    private protected static ValueTask<RedisReply> Run(RedisClient client, RedisCommandName name, params RedisArgument[] arguments) =>
        client.ExecuteAsync(RedisCommand.Of(name, arguments), Cancellation);

    private protected static Task<string?> Get(RedisClient client, string key) => GetUntil(client, key, Cancellation);

    private protected static async Task<string?> GetUntil(RedisClient client, string key, CancellationToken cancellationToken) =>
        (await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, key), cancellationToken)).ToText();

    private protected static Task Set(RedisClient client, string key, RedisArgument value) => SetUntil(client, key, value, Cancellation);

    private protected static async Task SetUntil(RedisClient client, string key, RedisArgument value, CancellationToken cancellationToken) =>
        Assert.Equal("OK", (await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, key, value), cancellationToken)).ToText());

    private protected static Func<CancellationToken, ValueTask<RedisCredentials>> Password(string password, string username = "") =>
        _ => ValueTask.FromResult(new RedisCredentials(username, password));

    /// <summary>Runs that many callers at once, each with its number.</summary>
    protected static Task Together(int callers, Func<int, Task> call) => Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => call(caller), Cancellation)));

    /// <summary>Waits for what must come true.</summary>
    protected static Task Until(string what, Func<bool> condition) => Eventually.MustAsync(what, () => Task.FromResult(condition()), Soon, Cancellation);

    /// <summary>Waits for a failure of the client's, which must come within <see cref="Soon"/>.</summary>
    private protected static async Task<RedisException> Fault(Task call)
    {
        var fault = await Record.ExceptionAsync(() => call.WaitAsync(Soon, Cancellation));
        return Assert.IsAssignableFrom<RedisException>(fault);
    }

    private protected static async Task<RedisException> Fault(ValueTask<RedisReply> call) => await Fault(call.AsTask());

    /// <summary>Calls from so many loops until the time is over; faults of the client's are collected.</summary>
    private protected static async Task<ConcurrentQueue<RedisException>> Load(int loops, TimeSpan time, Func<int, Task> call)
    {
        var faults = new ConcurrentQueue<RedisException>();
        var watch = Stopwatch.StartNew();
        await Together(loops, async loop =>
        {
            while (watch.Elapsed < time)
            {
                try
                {
                    await call(loop);
                }
                catch (RedisException fault)
                {
                    faults.Enqueue(fault);
                }
            }
        });
        return faults;
    }

    /// <summary>Passes after that time; for what happens beside the test.</summary>
    protected static async Task Pass(TimeSpan time)
    {
        using var timer = new PeriodicTimer(time);
        await timer.WaitForNextTickAsync(Cancellation);
    }
}
