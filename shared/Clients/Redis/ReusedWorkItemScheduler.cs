using System.IO.Pipelines;

namespace Serverless.Components.Clients.Redis;

/// <summary>
/// Runs a pipe's reader on the thread pool without an object per wake-up. Going through the pool's queue, and once more while
/// there is other work, lets those who are already there append their commands before the bytes leave.
/// </summary>
/// <remarks>A pipe has one reader, which waits for one wake-up at a time; so one place is enough.</remarks>
internal sealed class ReusedWorkItemScheduler : PipeScheduler, IThreadPoolWorkItem
{
    private Action<object?>? _action;
    private object? _state;
    private bool _hasPassed;

    /// <inheritdoc/>
    public override void Schedule(Action<object?> action, object? state)
    {
        _action = action;
        _state = state;
        System.Threading.ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        _hasPassed = !_hasPassed && System.Threading.ThreadPool.PendingWorkItemCount > 0;
        if (_hasPassed)
        {
            System.Threading.ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }

        var (action, state) = (_action, _state);
        action!(state);
    }
}
