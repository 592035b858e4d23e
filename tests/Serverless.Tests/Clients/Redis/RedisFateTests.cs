using System.Collections.Concurrent;
using Serverless.Backends.Network;
using Serverless.Backends.Redis;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

/// <summary>What became of commands whose connection broke: each is executed once, or fails and tells what is known.</summary>
public sealed class RedisFateTests : RedisClientTest, IAsyncLifetime
{
    private const int Loops = 16;
    private readonly ConcurrentDictionary<string, bool> _acknowledged = new();
    private readonly ConcurrentDictionary<string, bool> _unknown = new();
    private readonly ConcurrentDictionary<string, bool> _refused = new();
    private RedisServer _server = null!;
    private TcpProxy _proxy = null!;
    private long _last;
    private long _reads;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync(new RedisServerSettings { IsDurable = true }, Cancellation);
        _proxy = new TcpProxy(_server.Port);
        await _server.Cli.CallAsync(["SET", "constant", "same"], Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Execute_ConnectionsResetAtRandom_NoWriteIsRepeatedOrLost()
    {
        await using var client = RedisClient.Create(Settings(_proxy.Port) with { MaxRetries = 1000 });
        var random = new Random(20261120);

        await UnderLoad(client, async () =>
        {
            for (var kill = 0; kill < 150; kill++)
            {
                await Pass(TimeSpan.FromMilliseconds(random.Next(1, 25)));
                switch (random.Next(3))
                {
                    case 0:
                        _proxy.CutAll();
                        break;
                    case 1:
                        _proxy.ToServer.CutAfter(random.Next(1, 2000));
                        break;
                    default:
                        _proxy.ToClient.CutAfter(random.Next(1, 200));
                        break;
                }
            }
        });

        await CheckAsync();
        Assert.InRange(_proxy.Accepted, 50, int.MaxValue);
        Assert.NotEmpty(_unknown);
        Assert.Empty(_refused);
    }

    [Fact]
    public async Task Execute_ClientsKilledByTheServer_NoWriteIsRepeatedOrLost()
    {
        await using var client = RedisClient.Create(Settings(_proxy.Port) with { MaxRetries = 1000, MaxInFlight = 8 });

        await UnderLoad(client, async () =>
        {
            for (var kill = 0; kill < 100; kill++)
            {
                await Pass(TimeSpan.FromMilliseconds(15));
                await _server.Cli.CallAsync(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"], Cancellation);
            }
        });

        await CheckAsync();
        Assert.InRange(_proxy.Accepted, 30, int.MaxValue);
    }

    [Fact]
    public async Task Execute_ServerCrashesAndComesBack_NoWriteIsRepeatedOrLost()
    {
        await using var client = RedisClient.Create(Settings(_server.Port) with { MaxRetries = 3 });

        await UnderLoad(client, async () =>
        {
            for (var crash = 0; crash < 4; crash++)
            {
                await Pass(TimeSpan.FromMilliseconds(200));
                await _server.CrashAsync(Cancellation);
            }

            await Pass(TimeSpan.FromMilliseconds(600));
        });

        await CheckAsync();
        Assert.Equal("same", await Get(client, "constant"));
    }

    [Fact]
    public async Task Execute_RequestCutInTheMiddle_IsUnknownAndNotExecuted()
    {
        await using var client = RedisClient.Create(Settings(_proxy.Port));
        Assert.Equal("same", await Get(client, "constant"));
        _proxy.ToServer.CutAfter(100_000);

        var fault = await Fault(Set(client, "half", (ReadOnlyMemory<byte>)new byte[1 << 20]));

        Assert.EndsWith(FateUnknown, fault.Message, StringComparison.Ordinal);
        Assert.True((await _server.Cli.CallAsync(["GET", "half"], Cancellation)).IsNil);
        Assert.Equal("same", await Get(client, "constant"));
    }

    [Fact]
    public async Task Execute_ArgumentThatCannotBeRead_FailsAndSpoilsNoOther()
    {
        using var lost = new LostMemory();
        await using var client = RedisClient.Create(Settings(_proxy.Port));
        Assert.Equal("same", await Get(client, "constant"));

        for (var round = 0; round < 20; round++)
        {
            var before = Get(client, "constant");
            var fault = await Fault(Set(client, "lost", (ReadOnlyMemory<byte>)lost.Memory));
            var after = Get(client, "constant");

            Assert.Contains(NotExecuted, fault.Message, StringComparison.Ordinal);
            Assert.Equal("same", await before.WaitAsync(Soon, Cancellation));
            Assert.Equal("same", await after.WaitAsync(Soon, Cancellation));
        }

        Assert.True((await _server.Cli.CallAsync(["GET", "lost"], Cancellation)).IsNil);
    }

    private async Task UnderLoad(RedisClient client, Func<Task> chaos)
    {
        var isOver = false;
        var load = Together(Loops, async loop =>
        {
            while (!Volatile.Read(ref isOver))
            {
                if (loop % 4 == 0)
                {
                    await ReadAsync(client);
                }
                else
                {
                    await WriteAsync(client);
                }
            }
        });
        try
        {
            await chaos();
        }
        finally
        {
            Volatile.Write(ref isOver, true);
        }

        await load.WaitAsync(Soon, Cancellation);
    }

    private async Task WriteAsync(RedisClient client)
    {
        var member = $"member-{Interlocked.Increment(ref _last)}";
        try
        {
            Assert.Equal(1, (await client.ExecuteAsync(RedisCommand.Run(AddMember, "members", member), Cancellation)).ToInteger());
            _acknowledged[member] = true;
        }
        catch (RedisException fault) when (fault.Message.EndsWith(FateUnknown, StringComparison.Ordinal))
        {
            _unknown[member] = true;
        }
        catch (RedisServerException fault) when (fault.Code == "LOADING")
        {
            // On a busy machine a server that comes back loads for longer than the retries last.
            _refused[member] = true;
        }
        catch (RedisException fault)
        {
            Assert.Contains(NotExecuted, fault.Message, StringComparison.Ordinal);
            _refused[member] = true;
        }
    }

    private async Task ReadAsync(RedisClient client)
    {
        try
        {
            Assert.Equal("same", await Get(client, "constant"));
            Interlocked.Increment(ref _reads);
        }
        catch (RedisException fault)
        {
            Assert.DoesNotContain(FateUnknown, fault.Message, StringComparison.Ordinal);
            _refused[$"read-{Interlocked.Increment(ref _last)}"] = true;
        }
    }

    private async Task CheckAsync()
    {
        var members = (await _server.Cli.CallAsync(["SMEMBERS", "members"], Cancellation)).List.ToHashSet();
        Assert.InRange(_acknowledged.Count, 100, int.MaxValue);
        Assert.InRange(_reads, 20, long.MaxValue);
        Assert.All(_acknowledged.Keys, member => Assert.Contains(member, members));
        Assert.DoesNotContain(_refused.Keys, members.Contains);
        Assert.InRange(members.Count, _acknowledged.Count, _acknowledged.Count + _unknown.Count);
    }
}
