namespace Serverless.Components.Clients.Sqlite;

/// <summary>One caller's part of a group: runs on the writer's thread and is answered after the commit.</summary>
internal abstract class SqliteWork(long queuedAt)
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Abandoned = 2;
    private int _phase;

    /// <summary>The timestamp of its arrival in the queue.</summary>
    public long QueuedAt => queuedAt;

    /// <summary>True exactly once, unless the caller gave up before.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _phase, Taken, Waiting) == Waiting;

    /// <summary>Withdraws work that nobody has taken yet. Taken work is waited for, because it may still be committed.</summary>
    public bool TryAbandon() => Interlocked.CompareExchange(ref _phase, Abandoned, Waiting) == Waiting;

    public abstract void Run(SqliteConnection connection);

    /// <summary>Gives the caller what <see cref="Run"/> found.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception failure);
}
