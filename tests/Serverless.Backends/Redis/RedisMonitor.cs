using Serverless.Backends.Processes;

namespace Serverless.Backends.Redis;

/// <summary>Every command that a server runs, from MONITOR.</summary>
public sealed class RedisMonitor : IAsyncDisposable
{
    private static readonly TimeSpan SeenLimit = TimeSpan.FromSeconds(30);
    private readonly Lock _lock = new();
    private readonly List<MonitoredCommand> _commands = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly RedisConnection _connection;
    private readonly Task _reading;

    private RedisMonitor(RedisConnection connection)
    {
        _connection = connection;
        _reading = ReadAsync();
    }

    /// <summary>The commands seen so far, those that scripts called among them.</summary>
    public IReadOnlyList<MonitoredCommand> Commands
    {
        get
        {
            lock (_lock)
            {
                return [.. _commands];
            }
        }
    }

    /// <summary>Watches from now on.</summary>
    public static async Task<RedisMonitor> StartAsync(RedisCli cli, CancellationToken cancellationToken)
    {
        var connection = await cli.OpenAsync(cancellationToken);
        await connection.CallAsync(["MONITOR"], cancellationToken);
        return new RedisMonitor(connection);
    }

    /// <summary>Waits for a command and returns the first that fits.</summary>
    public async Task<MonitoredCommand> WaitForAsync(Func<MonitoredCommand, bool> isWanted, CancellationToken cancellationToken)
    {
        MonitoredCommand? found = null;
        var isSeen = await Eventually.TrueAsync(() => (found = Commands.FirstOrDefault(isWanted)) is not null, SeenLimit, cancellationToken);
        return isSeen ? found! : throw new TimeoutException($"the command was not seen; the server ran: {string.Join(' ', Commands.Select(command => command.Name))}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        await _connection.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var line = await _connection.ReceiveAsync(_stop.Token);
                lock (_lock)
                {
                    _commands.Add(MonitoredCommand.Parse(line.Text!));
                }
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException)
        {
            // The monitor or the server ends.
        }
    }
}
