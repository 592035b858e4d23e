using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Serverless.Components.Registry.Live;

namespace Serverless.Components.Registry.Loading;

/// <summary>Drains and disposes components in the background.</summary>
internal sealed partial class RetiringComponents(TimeSpan limit, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<LiveComponent, Task> _running = new();

    public void Add(LiveComponent? live)
    {
        if (live is not null)
        {
            // Listed before it starts, because it takes itself off the list at its end.
            var retiring = new Task<Task>(() => RetireAsync(live));
            _running[live] = retiring.Unwrap();
            retiring.Start(TaskScheduler.Default);
        }
    }

    public Task WhenAllAsync() => Task.WhenAll(_running.Values);

    private async Task RetireAsync(LiveComponent live)
    {
        try
        {
            await live.RetireAsync(limit, time);
        }
        catch (Exception exception)
        {
            // A component that fails to close must not stop the others from closing.
            LogNotClosed(logger, exception, live.Definition.Key.Name, exception.Message);
        }
        finally
        {
            _running.TryRemove(live, out _);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "component {Component} did not close cleanly: {Fault}")]
    private static partial void LogNotClosed(ILogger logger, Exception exception, string component, string fault);
}
