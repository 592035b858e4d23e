using System.Threading.Tasks.Sources;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Clients.Redis;

/// <summary>How a command ends.</summary>
internal sealed partial class RedisCommand : IValueTaskSource<RedisReply>, IThreadPoolWorkItem
{
    private const int Pending = 0;
    private const int Writing = 1;
    private const int Ended = 2;

    private ManualResetValueTaskSourceCore<RedisReply> _task;
    private CancellationTokenRegistration _cancellation;
    private ReadOnlyMemory<byte> _replies;
    private Exception? _failure;
    private int _stage;

    /// <summary>True until it has ended.</summary>
    public bool IsPending => Volatile.Read(ref _stage) != Ended;

    /// <summary>How often it has been tried and not executed.</summary>
    public int Retries { get; set; }

    /// <summary>How often one cluster node has sent it on to another since it was last tried.</summary>
    public int Redirections { get; set; }

    /// <summary>Clock reading when it joined the line or was sent.</summary>
    public long Since { get; set; }

    /// <summary>How many bytes went over its connection before it.</summary>
    public long Offset { get; set; }

    /// <summary>Its outcome; to be awaited once.</summary>
    public ValueTask<RedisReply> Task => new(this, _task.Version);

    /// <summary>Lets the caller end it.</summary>
    public void EndOn(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(
                static (command, token) => ((RedisCommand)command!).Fail(new OperationCanceledException(token)), this);
        }
    }

    /// <summary>False when it has ended; else it can't end before <see cref="EndWriting"/>, so that its arguments may be read.</summary>
    public bool TryBeginWriting() => Interlocked.CompareExchange(ref _stage, Writing, Pending) == Pending;

    /// <summary>Its arguments have been read.</summary>
    public void EndWriting() => Volatile.Write(ref _stage, Pending);

    /// <summary>Its own part of what the server answered, without the reply to ASKING.</summary>
    public ReadOnlyMemory<byte> OwnPart(ReadOnlyMemory<byte> replies)
    {
        if (!IsAsking)
        {
            return replies;
        }

        var reader = new RespReader(replies);
        reader.Skip();
        return replies[reader.Position..];
    }

    /// <summary>Ends it with its replies; the caller goes on elsewhere.</summary>
    public void Complete(ReadOnlyMemory<byte> replies)
    {
        if (TryEnd())
        {
            _replies = replies;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Ends it with a failure; the caller goes on elsewhere.</summary>
    public void Fail(Exception failure)
    {
        if (TryEnd())
        {
            _failure = failure;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (_failure is not null)
        {
            _task.SetException(_failure);
            return;
        }

        _task.SetResult(new RedisReply(_replies));
    }

    RedisReply IValueTaskSource<RedisReply>.GetResult(short token)
    {
        _cancellation.Unregister();
        return _task.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<RedisReply>.GetStatus(short token) => _task.GetStatus(token);

    void IValueTaskSource<RedisReply>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _task.OnCompleted(continuation, state, token, flags);

    private bool TryEnd()
    {
        // Copying arguments is short; whoever ends the command meanwhile waits for that.
        for (var wait = default(SpinWait); ; wait.SpinOnce())
        {
            var stage = Interlocked.CompareExchange(ref _stage, Ended, Pending);
            if (stage != Writing)
            {
                return stage == Pending;
            }
        }
    }
}
