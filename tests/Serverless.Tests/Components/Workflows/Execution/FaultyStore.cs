using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Execution;

/// <summary>A store whose calls can fail: before or after they did something, once or from then on.</summary>
internal sealed class FaultyStore(IWorkflowStore inner) : IWorkflowStore
{
    private int _calls;
    private bool _isDead;

    /// <summary>The call that fails; 0 for none.</summary>
    public int FailsAt { get; init; }

    /// <summary>True when that call does its work first, so that only its answer is lost.</summary>
    public bool FailsAfterwards { get; init; }

    /// <summary>True when nothing works from then on, as for a process that was killed.</summary>
    public bool Dies { get; init; }

    /// <summary>Called before each call with its number and name.</summary>
    public Action<int, string>? Called { get; init; }

    public int Calls => _calls;

    /// <summary>While true every call fails.</summary>
    public bool IsAsleep { get; set; }

    public bool IsDead => Volatile.Read(ref _isDead);

    public TimeSpan PollInterval => inner.PollInterval;

    public void Kill() => Volatile.Write(ref _isDead, true);

    public Task InitializeAsync(CancellationToken cancellationToken) => inner.InitializeAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    public ValueTask<CreateOutcome> CreateAsync(NewWorkflow workflow, CancellationToken cancellationToken) =>
        CallAsync("Create", () => inner.CreateAsync(workflow, cancellationToken));

    public ValueTask<WorkflowRecord?> FindAsync(string instanceId, CancellationToken cancellationToken) =>
        CallAsync("Find", () => inner.FindAsync(instanceId, cancellationToken));

    public ValueTask<LoadedWorkflow?> LoadAsync(string instanceId, KnownVersion known, CancellationToken cancellationToken) =>
        CallAsync("Load", () => inner.LoadAsync(instanceId, known, cancellationToken));

    public ValueTask<AppendOutcome> AppendAsync(string instanceId, InboxMessage message, Guid? owner, CancellationToken cancellationToken) =>
        CallAsync("Append", () => inner.AppendAsync(instanceId, message, owner, cancellationToken));

    public ValueTask<CommitResult> CommitAsync(TurnCommit commit, CancellationToken cancellationToken) =>
        CallAsync("Commit", () => inner.CommitAsync(commit, cancellationToken));

    public ValueTask<bool> PurgeAsync(string instanceId, long version, CancellationToken cancellationToken) =>
        CallAsync("Purge", () => inner.PurgeAsync(instanceId, version, cancellationToken));

    public ValueTask<WorkflowPage?> ListAsync(WorkflowFilter filter, CancellationToken cancellationToken) =>
        CallAsync("List", () => inner.ListAsync(filter, cancellationToken));

    public ValueTask<ClaimResult> ClaimAsync(WorkClaim claim, CancellationToken cancellationToken) =>
        CallAsync("ClaimMany", () => inner.ClaimAsync(claim, cancellationToken));

    public ValueTask<WorkItem?> ClaimAsync(string instanceId, string workId, Guid owner, CancellationToken cancellationToken) =>
        CallAsync("Claim", () => inner.ClaimAsync(instanceId, workId, owner, cancellationToken));

    public ValueTask<bool> CompleteAsync(WorkItem item, Guid owner, InboxMessage? result, CancellationToken cancellationToken) =>
        CallAsync("Complete", () => inner.CompleteAsync(item, owner, result, cancellationToken));

    public async ValueTask ReleaseAsync(WorkItem item, Guid owner, CancellationToken cancellationToken) =>
        await CallAsync("Release", () => VoidAsync(inner.ReleaseAsync(item, owner, cancellationToken)));

    public ValueTask<IReadOnlyList<WorkItem>> FindOverdueAsync(DateTimeOffset before, DateTimeOffset now, int most, CancellationToken cancellationToken) =>
        CallAsync("FindOverdue", () => inner.FindOverdueAsync(before, now, most, cancellationToken));

    public ValueTask<bool> KeepSessionAsync(WorkerSession session, bool isNew, CancellationToken cancellationToken) =>
        CallAsync("KeepSession", () => inner.KeepSessionAsync(session, isNew, cancellationToken));

    public async ValueTask EndSessionAsync(Guid session, CancellationToken cancellationToken) =>
        await CallAsync("EndSession", () => VoidAsync(inner.EndSessionAsync(session, cancellationToken)));

    public ValueTask<int> ExpireSessionsAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync("ExpireSessions", () => inner.ExpireSessionsAsync(now, cancellationToken));

    public async ValueTask PutPayloadAsync(string instanceId, string key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        await CallAsync("PutPayload", () => VoidAsync(inner.PutPayloadAsync(instanceId, key, payload, cancellationToken)));

    public ValueTask<ReadOnlyMemory<byte>?> GetPayloadAsync(string instanceId, string key, CancellationToken cancellationToken) =>
        CallAsync("GetPayload", () => inner.GetPayloadAsync(instanceId, key, cancellationToken));

    public async ValueTask TrimPayloadsAsync(string instanceId, string prefix, IReadOnlyCollection<string> keep, CancellationToken cancellationToken) =>
        await CallAsync("TrimPayloads", () => VoidAsync(inner.TrimPayloadsAsync(instanceId, prefix, keep, cancellationToken)));

    public async ValueTask RepairAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        await CallAsync("Repair", () => VoidAsync(inner.RepairAsync(now, cancellationToken)));

    private static async ValueTask<bool> VoidAsync(ValueTask call)
    {
        await call;
        return true;
    }

    private async ValueTask<T> CallAsync<T>(string name, Func<ValueTask<T>> call)
    {
        ThrowIfDead();
        var number = Interlocked.Increment(ref _calls);
        Called?.Invoke(number, name);
        if (number != FailsAt)
        {
            var answer = await call();
            ThrowIfDead();
            return answer;
        }

        if (FailsAfterwards)
        {
            await call();
        }

        if (Dies)
        {
            Kill();
        }

        throw new WorkflowStoreException($"call {number}, {name}, fails");
    }

    private void ThrowIfDead()
    {
        if (IsDead || IsAsleep)
        {
            throw new WorkflowStoreException("nobody answers");
        }
    }
}
