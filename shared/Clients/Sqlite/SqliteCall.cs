using System.Threading.Tasks.Sources;

namespace Serverless.Components.Clients.Sqlite;

/// <summary>Work with a state and a result.</summary>
internal sealed class SqliteCall<TState, TResult>(TState state, Func<SqliteConnection, TState, TResult> body, long queuedAt)
    : SqliteWork(queuedAt), IValueTaskSource<TResult>
{
    // Callers go on elsewhere: the writer's thread is for writing only.
    private ManualResetValueTaskSourceCore<TResult> _done = new() { RunContinuationsAsynchronously = true };
    private TResult _result = default!;

    /// <summary>The result, to be awaited once.</summary>
    public ValueTask<TResult> ResultAsync() => new(this, _done.Version);

    public override void Run(SqliteConnection connection) => _result = body(connection, state);

    public override void Complete() => _done.SetResult(_result);

    public override void Fail(Exception failure) => _done.SetException(failure is SqliteException refusal ? refusal.Copy() : failure);

    /// <summary>Withdraws the work if it still waits; the caller then sees the cancellation.</summary>
    public void Abandon(CancellationToken cancellationToken)
    {
        if (TryAbandon())
        {
            _done.SetException(new OperationCanceledException(cancellationToken));
        }
    }

    TResult IValueTaskSource<TResult>.GetResult(short token) => _done.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => _done.GetStatus(token);

    void IValueTaskSource<TResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _done.OnCompleted(continuation, state, token, flags);
}
