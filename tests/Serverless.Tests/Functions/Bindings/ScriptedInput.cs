using Serverless.Components.Bindings;

namespace Serverless.Tests.Functions.Bindings;

/// <summary>An input binding that reads as a test says, and counts its readings.</summary>
internal sealed class ScriptedInput : IInputBinding
{
    private int _begun;
    private int _running;
    private int _mostRunning;

    public IReadOnlyList<string> Capabilities => [];

    /// <summary>How often a reading began.</summary>
    public int Begun => Volatile.Read(ref _begun);

    /// <summary>Readings at this moment.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>The most readings that there were at one time.</summary>
    public int MostRunning => Volatile.Read(ref _mostRunning);

    /// <summary>The newest handler.</summary>
    public BindingHandler? Handler { get; private set; }

    /// <summary>One reading, by its number; waits for the stop unless it is set.</summary>
    public Func<int, BindingHandler, CancellationToken, Task> OnRead { get; set; } = (_, _, stopping) => StoppedAsync(stopping);

    public static async Task StoppedAsync(CancellationToken stopping)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stopping.Register(stopped.SetResult);
        await stopped.Task;
    }

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task ReadAsync(BindingHandler handler, CancellationToken stopping)
    {
        Handler = handler;
        var running = Interlocked.Increment(ref _running);
        _mostRunning = Math.Max(_mostRunning, running);
        try
        {
            await OnRead(Interlocked.Increment(ref _begun), handler, stopping);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
