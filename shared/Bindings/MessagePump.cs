using Microsoft.Extensions.Logging;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings;

/// <summary>
/// Takes messages from a queue and works on several at a time, never taking more than it can begin at once. While the queue can't be
/// read it asks again at growing distances.
/// </summary>
internal sealed partial class MessagePump<TMessage>(ComponentContext context)
{
    private readonly HashSet<Task> _working = [];
    private TimeSpan _troublePause;

    /// <summary>The queue, for the log.</summary>
    public required string Source { get; init; }

    /// <summary>Most messages that are worked on at a time.</summary>
    public required int Handlers { get; init; }

    /// <summary>Most messages that are taken at once.</summary>
    public required int MostAtOnce { get; init; }

    /// <summary>The pause after the queue was empty.</summary>
    public required TimeSpan EmptyPause { get; init; }

    /// <summary>The pause after the queue could not be read, which doubles from time to time.</summary>
    public TimeSpan ShortestPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest of them.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Takes up to so many messages; the token tells to stop. Trouble is a <see cref="BindingException"/>.</summary>
    public required Func<int, CancellationToken, Task<IReadOnlyList<TMessage>>> Receive { get; init; }

    /// <summary>Works on one message to its end. Fails only by a defect, which ends the pump.</summary>
    public required Func<TMessage, CancellationToken, Task> Work { get; init; }

    /// <summary>Runs until told to stop, and then until what was taken is settled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                await ReapAsync();
                stopping.ThrowIfCancellationRequested();
                await TakeAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What was taken is still to be settled.
        }
        finally
        {
            await Task.WhenAll(_working);
        }
    }

    private Task PauseAsync(TimeSpan time, CancellationToken stopping) => Task.Delay(time, context.Host.Time, stopping);

    // Waits for a free hand.
    private async Task ReapAsync()
    {
        if (_working.Count >= Handlers)
        {
            await Task.WhenAny(_working);
        }

        foreach (var task in _working.Where(task => task.IsCompleted).ToList())
        {
            _working.Remove(task);
            await task;
        }
    }

    private async Task TakeAsync(CancellationToken stopping)
    {
        try
        {
            var messages = await Receive(Math.Min(MostAtOnce, Handlers - _working.Count), stopping);
            foreach (var message in messages)
            {
                _working.Add(Work(message, stopping));
            }

            LogTroubleOver();
            if (messages.Count == 0 && EmptyPause > TimeSpan.Zero)
            {
                await PauseAsync(EmptyPause, stopping);
            }
        }
        catch (BindingException trouble)
        {
            LogTrouble(trouble);
            await PauseAsync(_troublePause, stopping);
        }
    }

    private void LogTrouble(BindingException trouble)
    {
        if (_troublePause == TimeSpan.Zero)
        {
            LogUnreadable(context.Logger, context.Name, Source, trouble.Message);
        }
        else
        {
            LogStillUnreadable(context.Logger, context.Name, Source, trouble.Message);
        }

        _troublePause = Longer(_troublePause);
    }

    private void LogTroubleOver()
    {
        if (_troublePause > TimeSpan.Zero)
        {
            _troublePause = TimeSpan.Zero;
            LogReadable(context.Logger, context.Name, Source);
        }
    }

    private TimeSpan Longer(TimeSpan pause) => pause == TimeSpan.Zero ? ShortestPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;

    [LoggerMessage(LogLevel.Warning, "component '{Component}': {Source} can't be read, which is tried again: {Fault}")]
    private static partial void LogUnreadable(ILogger logger, string component, string source, string fault);

    [LoggerMessage(LogLevel.Debug, "component '{Component}': {Source} still can't be read: {Fault}")]
    private static partial void LogStillUnreadable(ILogger logger, string component, string source, string fault);

    [LoggerMessage(LogLevel.Information, "component '{Component}': {Source} can be read again")]
    private static partial void LogReadable(ILogger logger, string component, string source);
}
