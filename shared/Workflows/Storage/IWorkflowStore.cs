namespace Serverless.Components.Workflows.Storage;

/// <summary>Keeps the workflow instances of one app: their history, their inbox, and the work that waits.</summary>
/// <remarks>
/// Events and payloads are opaque here. Every change is durable when the call returns, all of it or nothing: a losing commit leaves no trace.
/// Expected outcomes are values; <see cref="WorkflowStoreException"/> is for a store that can't be reached or refuses, and then a change may
/// or may not have been made: every change can be asked for again, and is recognised where it was made.
/// <para>
/// Work items are rows of their instance. One has an owner, the session of a process that is on it, or none. It stays until whoever owns it
/// completes it, in a commit or alone, so work is done at least once and counts exactly once. The owner's session is the lease: as long as it
/// is kept alive nobody else gets the item, and when it expires all its items are free again.
/// </para>
/// <para>
/// An instance whose inbox is not empty has an item of kind <see cref="WorkKind.Turn"/>, made by the append and removed by the commit that
/// empties the inbox. It is the promise that someone looks at the inbox, whoever dies.
/// </para>
/// </remarks>
internal interface IWorkflowStore : IAsyncDisposable
{
    /// <summary>Connects, and creates what is missing.</summary>
    /// <exception cref="WorkflowStoreException">It can't be used.</exception>
    Task InitializeAsync(CancellationToken cancellationToken);

    /// <summary>How long an idle process lets pass before it looks for work of others; a store where looking costs money says more.</summary>
    TimeSpan PollInterval { get; }

    /// <summary>
    /// Creates an instance in status pending with its first message and its turn item; one that has ended is replaced, with all that belonged to it
    /// but items of kind <see cref="WorkKind.Message"/>, which are still brought to others, and <see cref="NewWorkflow.KeptPayloads"/>.
    /// Asked for again with the same message id it is <see cref="CreateOutcome.Created"/> again.
    /// </summary>
    ValueTask<CreateOutcome> CreateAsync(NewWorkflow workflow, CancellationToken cancellationToken);

    /// <summary>Reads an instance without its history; null when there is none.</summary>
    ValueTask<WorkflowRecord?> FindAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>Reads what a turn needs; null when there is no such instance.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="known">What the caller has; only what came after it is read.</param>
    /// <param name="cancellationToken">The caller gave up.</param>
    ValueTask<LoadedWorkflow?> LoadAsync(string instanceId, KnownVersion known, CancellationToken cancellationToken);

    /// <summary>Appends a message to an instance's inbox and makes sure of its turn item. A message of an id that is in the inbox already changes nothing.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="message">The message.</param>
    /// <param name="owner">Who is to own the turn item if nobody alive does; null for nobody.</param>
    /// <param name="cancellationToken">The caller gave up; the message may be there.</param>
    ValueTask<AppendOutcome> AppendAsync(string instanceId, InboxMessage message, Guid? owner, CancellationToken cancellationToken);

    /// <summary>Commits a turn.</summary>
    ValueTask<CommitResult> CommitAsync(TurnCommit commit, CancellationToken cancellationToken);

    /// <summary>Removes an instance with all that belongs to it, unless its version has changed or items of kind <see cref="WorkKind.Message"/> are left; true also when there is none.</summary>
    ValueTask<bool> PurgeAsync(string instanceId, long version, CancellationToken cancellationToken);

    /// <summary>Lists instances, the newest first; null when the continuation is none that this store gave.</summary>
    ValueTask<WorkflowPage?> ListAsync(WorkflowFilter filter, CancellationToken cancellationToken);

    /// <summary>Gives free items that are due to a session, the longest due first.</summary>
    ValueTask<ClaimResult> ClaimAsync(WorkClaim claim, CancellationToken cancellationToken);

    /// <summary>Gives one item to a session, whether it is due or not; null when it is gone or someone else's.</summary>
    ValueTask<WorkItem?> ClaimAsync(string instanceId, string workId, Guid owner, CancellationToken cancellationToken);

    /// <summary>
    /// Removes an item of an activity or of a message, if the owner still has it, and appends its result to its own instance's inbox, with the turn item, as
    /// <see cref="AppendAsync"/> does for the same owner: it is the owner's afterwards if nobody alive has it. An instance that is gone or has ended takes no result.
    /// </summary>
    /// <returns>False when the item is gone or someone else's: nothing was changed, and the result is void.</returns>
    ValueTask<bool> CompleteAsync(WorkItem item, Guid owner, InboxMessage? result, CancellationToken cancellationToken);

    /// <summary>Gives an item back, to be due at its <see cref="WorkItem.Due"/>; nothing happens when it is gone or someone else's.</summary>
    ValueTask ReleaseAsync(WorkItem item, Guid owner, CancellationToken cancellationToken);

    /// <summary>Finds free items that have been due since before a time and of which nobody was told since then, and notes that they are told of now.</summary>
    /// <param name="before">The time.</param>
    /// <param name="now">What is noted.</param>
    /// <param name="most">Most items.</param>
    /// <param name="cancellationToken">The caller gave up.</param>
    ValueTask<IReadOnlyList<WorkItem>> FindOverdueAsync(DateTimeOffset before, DateTimeOffset now, int most, CancellationToken cancellationToken);

    /// <summary>Opens a session, or keeps it alive until a time; false when it has expired and its items went to others, so that a new one is needed.</summary>
    /// <param name="session">The session.</param>
    /// <param name="isNew">True to open it.</param>
    /// <param name="cancellationToken">The caller gave up.</param>
    ValueTask<bool> KeepSessionAsync(WorkerSession session, bool isNew, CancellationToken cancellationToken);

    /// <summary>Ends a session and frees its items.</summary>
    ValueTask EndSessionAsync(Guid session, CancellationToken cancellationToken);

    /// <summary>Ends all sessions that expired before a time and frees their items.</summary>
    /// <returns>How many sessions that were.</returns>
    ValueTask<int> ExpireSessionsAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Keeps a large payload under a key of its own, before what refers to it, or its instance, is written.</summary>
    ValueTask PutPayloadAsync(string instanceId, string key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

    /// <summary>Reads a payload; null when it is not there.</summary>
    ValueTask<ReadOnlyMemory<byte>?> GetPayloadAsync(string instanceId, string key, CancellationToken cancellationToken);

    /// <summary>Removes the payloads whose keys begin with a text, but for some that are still referred to.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="prefix">Only keys that begin with it, or are it; never empty.</param>
    /// <param name="keep">Keys that stay.</param>
    /// <param name="cancellationToken">The caller gave up.</param>
    ValueTask TrimPayloadsAsync(string instanceId, string prefix, IReadOnlyCollection<string> keep, CancellationToken cancellationToken);

    /// <summary>Repairs what a process that died between two writes left behind: parts of a commit that takes several, payloads older than <see cref="LoosePayloads.Age"/> without an instance; rebuilds indexes.</summary>
    ValueTask RepairAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
