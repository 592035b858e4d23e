using System.Collections.Concurrent;
using System.Globalization;
using Serverless.Backends.Processes;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

/// <summary>Counts up keys from many workers and keeps book of what the client said about each step.</summary>
/// <remarks>A counter shows both faults: a write that was acknowledged and lost, and one that was executed twice.</remarks>
internal sealed class RedisCounters(RedisClient client, IReadOnlyList<string> keys) : IDisposable
{
    private static readonly RedisScript Increment = new("return redis.call('INCR', KEYS[1])");

    private readonly int[] _certain = new int[keys.Count];
    private readonly int[] _uncertain = new int[keys.Count];
    private readonly CancellationTokenSource _end = new();
    private int _generation;

    /// <summary>What the client said about the steps that failed.</summary>
    public ConcurrentBag<string> Failures { get; } = [];

    /// <summary>Steps acknowledged so far.</summary>
    public int Acknowledged => _certain.Sum();

    /// <summary>Makes acknowledgement mean that one replica has it.</summary>
    public bool WaitsForReplica { get; init; }

    /// <summary>Counts until <paramref name="during"/> ends, and then until each counter has gone on.</summary>
    public async Task RunAsync(Func<Task> during, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _end.Token);
        var progress = new int[keys.Count];
        var workers = Enumerable.Range(0, keys.Count).Select(index => CountAsync(index, progress, either.Token)).ToArray();
        try
        {
            await during();
            Interlocked.Increment(ref _generation);
            Assert.True(
                await Eventually.TrueAsync(() => Array.TrueForAll(progress, generation => generation > 0), TimeSpan.FromSeconds(30), cancellationToken),
                $"not every counter goes on; last: {Failures.FirstOrDefault()}");
        }
        finally
        {
            await _end.CancelAsync();
            await Task.WhenAll(workers);
        }
    }

    public void Dispose() => _end.Dispose();

    /// <summary>Each counter holds what was acknowledged, and at most what was left open besides.</summary>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        for (var index = 0; index < keys.Count; index++)
        {
            var reply = await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, keys[index]), cancellationToken);
            var value = int.Parse(reply.ToText() ?? "0", CultureInfo.InvariantCulture);
            Assert.True(
                value >= _certain[index] && value <= _certain[index] + _uncertain[index],
                $"{keys[index]} is {value}, but {_certain[index]} were acknowledged and {_uncertain[index]} are open; {string.Join(" | ", Failures.Distinct().Take(10))}");
        }
    }

    private async Task CountAsync(int index, int[] progress, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var generation = Volatile.Read(ref _generation);
            var command = RedisCommand.Run(Increment, keys[index]);
            command.Then = WaitsForReplica ? RedisCommand.Of(RedisCommandName.Wait, 1, 100) : null;

            try
            {
                // What has begun is waited for, so that its fate is known.
                var reply = await client.ExecuteAsync(command, CancellationToken.None);
                (IsCertain(reply) ? _certain : _uncertain)[index]++;
                progress[index] = generation;
            }
            catch (RedisException fault)
            {
                Failures.Add(fault.Message);
                _uncertain[index] += fault.Message.Contains("whether it was executed is unknown", StringComparison.Ordinal) ? 1 : 0;
            }
        }
    }

    private bool IsCertain(RedisReply reply)
    {
        var reader = reply.Read();
        reader.Skip();
        return !WaitsForReplica || reader.ReadInteger() > 0;
    }
}
