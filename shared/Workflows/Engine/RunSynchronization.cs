namespace Serverless.Components.Workflows.Engine;

/// <summary>Keeps a workflow's code on the thread that runs its turn, one piece after the other, and notices what comes from elsewhere.</summary>
internal sealed class RunSynchronization : SynchronizationContext
{
    private static readonly ExecutionContext NothingAmbient = CaptureNothing();

    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private volatile int _thread;
    private volatile bool _wasForeign;

    /// <summary>True on the thread of the turn.</summary>
    public bool IsHere => _thread == Environment.CurrentManagedThreadId;

    /// <summary>True once code of the workflow went on, or wanted to, on another thread.</summary>
    public bool WasForeign => _wasForeign;

    /// <summary>What a method of the code that returns no task threw, or null.</summary>
    public Exception? Stray { get; private set; }

    /// <summary>Notes that something came from elsewhere.</summary>
    public void MarkForeign() => _wasForeign = true;

    /// <summary>Makes this thread that of the turn while a function runs.</summary>
    /// <remarks>The code sees nothing ambient of whoever runs its turn, such as the request that began it, and leaves nothing behind.</remarks>
    public T Within<T>(Func<T> turn)
    {
        var before = Current;
        T result = default!;
        _thread = Environment.CurrentManagedThreadId;
        try
        {
            ExecutionContext.Run(NothingAmbient, _ => result = turn(), null);
            return result;
        }
        finally
        {
            _thread = 0;
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Gives the code an answer, without running what follows it; that is queued.</summary>
    /// <remarks>With no context in place even what follows an await that asked for none stays on this thread.</remarks>
    public static void Answer(Action answer)
    {
        var before = Current;
        SetSynchronizationContext(null);
        try
        {
            answer();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Runs code until all of it waits.</summary>
    public void Drain()
    {
        SetSynchronizationContext(this);
        while (_ready.TryDequeue(out var next))
        {
            try
            {
                next.Callback(next.State);
            }
            catch (Exception e)
            {
                // Only a method that returns no task throws here, and nobody but the workflow can answer for it.
                Stray ??= e;
            }
        }

        SetSynchronizationContext(null);
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsHere)
        {
            _ready.Enqueue((d, state));
        }
        else
        {
            MarkForeign();
        }
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!IsHere)
        {
            MarkForeign();
            throw new InvalidOperationException("the code of a workflow runs on the thread of its turn alone");
        }

        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    private static ExecutionContext CaptureNothing()
    {
        // Only a new thread has a context without anything in it.
        ExecutionContext? captured = null;
        var thread = new Thread(() => captured = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return captured!;
    }
}
