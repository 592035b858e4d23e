using System.Collections.Concurrent;
using System.Text;
using Serverless.Backends.Processes;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Storage.Redis;

/// <summary>Instances that make turn after turn, each with an activity, a timer and messages, while something happens to the server.</summary>
internal sealed class RedisWorkflowLoad(IWorkflowStore store, IReadOnlyList<string> ids) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly CancellationTokenSource _stop = new();
    private readonly Guid _session = Guid.NewGuid();
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private readonly ConcurrentDictionary<string, long> _versions = new();
    private readonly ConcurrentDictionary<string, string> _messages = new();
    private long _commits;
    private long _troubles;
    private long _unknown;

    /// <summary>Turns that were acknowledged.</summary>
    public long Commits => Volatile.Read(ref _commits);

    /// <summary>Calls that failed.</summary>
    public long Troubles => Volatile.Read(ref _troubles);

    /// <summary>Turns that were made although the call failed.</summary>
    public long Unknown => Volatile.Read(ref _unknown);

    public async Task RunAsync(Func<Task> meanwhile, CancellationToken cancellationToken)
    {
        Assert.True(await store.KeepSessionAsync(new WorkerSession(_session, "load", _now.AddHours(1)), isNew: true, cancellationToken));
        var loops = ids.Select(id => Task.Run(() => LoopAsync(id, cancellationToken), cancellationToken)).ToList();
        try
        {
            await meanwhile();
        }
        finally
        {
            await _stop.CancelAsync();
        }

        await Task.WhenAll(loops);
    }

    /// <summary>Waits until so many more turns were acknowledged.</summary>
    public Task ProgressAsync(long turns, CancellationToken cancellationToken)
    {
        var target = Commits + turns;
        return Eventually.MustAsync($"{turns} more turns", () => Task.FromResult(Commits >= target), TimeSpan.FromSeconds(30), cancellationToken);
    }

    /// <summary>Nothing that was acknowledged is lost, nothing was made twice.</summary>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var taken = new ConcurrentDictionary<string, int>();
        foreach (var id in ids)
        {
            var loaded = await store.LoadAsync(id, KnownVersion.None, cancellationToken);
            Assert.NotNull(loaded);
            Assert.InRange(loaded.Record.Version, _versions[id], _versions[id] + 1);
            var turns = loaded.History.Select(chunk => Encoding.UTF8.GetString(chunk.Span).Split(' ')).ToList();
            Assert.Equal(Enumerable.Range(1, (int)loaded.Record.Version).Select(number => $"{number}"), turns.Select(turn => turn[0]));
            foreach (var message in turns.SelectMany(turn => turn.Skip(1)).Concat(loaded.Inbox.Select(message => message.Id)))
            {
                taken.AddOrUpdate($"{id}/{message}", 1, (_, count) => count + 1);
            }
        }

        Assert.DoesNotContain(_messages.Keys, message => !taken.ContainsKey(message));
        Assert.All(taken, message => Assert.Equal(1, message.Value));
    }

    public void Dispose() => _stop.Dispose();

    private async Task LoopAsync(string id, CancellationToken cancellationToken)
    {
        var record = new WorkflowRecord
        {
            InstanceId = id,
            Name = "Load",
            ExecutionId = "e1",
            Version = 0,
            Status = WorkflowRuntimeStatus.Pending,
            CreatedAt = _now,
            UpdatedAt = _now,
            Start = "start"u8.ToArray(),
        };
        var start = new NewWorkflow { Record = record, First = new InboxMessage("m0", "e1", "event"u8.ToArray()), Owner = _session, Due = _now };
        while (!_versions.ContainsKey(id) && !_stop.IsCancellationRequested)
        {
            await TryAsync(
                async () =>
                {
                    Assert.Equal(CreateOutcome.Created, await store.CreateAsync(start, cancellationToken));
                    _messages[$"{id}/m0"] = "";
                    _versions[id] = 0;
                },
                cancellationToken);
        }

        for (var attempt = 1; !_stop.IsCancellationRequested; attempt++)
        {
            await TryAsync(() => TurnAsync(id, $"m{attempt}", cancellationToken), cancellationToken);
        }
    }

    private async Task TurnAsync(string id, string message, CancellationToken cancellationToken)
    {
        Assert.Equal(AppendOutcome.Owned, await store.AppendAsync(id, new InboxMessage(message, "e1", "event"u8.ToArray()), _session, cancellationToken));
        _messages[$"{id}/{message}"] = "";
        var loaded = await store.LoadAsync(id, KnownVersion.None, cancellationToken);
        Assert.NotNull(loaded);
        var version = loaded.Record.Version;
        var known = _versions[id];
        if (version != known)
        {
            // The commit before failed, and was made.
            Assert.Equal(known + 1, version);
            _versions[id] = version;
            Interlocked.Increment(ref _unknown);
        }

        var next = version + 1;
        var result = await store.CommitAsync(
            new TurnCommit
            {
                Record = loaded.Record with { Version = next, Status = WorkflowRuntimeStatus.Running },
                ExpectedExecutionId = "e1",
                Owner = _session,
                History = [Encoding.UTF8.GetBytes(string.Join(' ', loaded.Inbox.Select(one => one.Id).Prepend($"{next}")))],
                Consumed = [.. loaded.Inbox.Select(one => one.Id)],
                CompletedWork = version == 0 ? [] : [Item(id, $"a{version}", WorkKind.Activity)],
                CancelledWork = version == 0 ? [] : [$"t{version}"],
                NewWork = [Item(id, $"a{next}", WorkKind.Activity), Item(id, $"t{next}", WorkKind.Timer) with { Owner = null }],
            },
            cancellationToken);
        Assert.Equal(new CommitResult(CommitOutcome.Committed), result);
        _versions[id] = next;
        Interlocked.Increment(ref _commits);
    }

    private WorkItem Item(string id, string workId, WorkKind kind) => new()
    {
        InstanceId = id,
        WorkId = workId,
        Kind = kind,
        Name = "Do",
        Due = _now.AddDays(1),
        Owner = _session,
        Content = "content"u8.ToArray(),
    };

    private async Task TryAsync(Func<Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await action();
        }
        catch (WorkflowStoreException)
        {
            Interlocked.Increment(ref _troubles);
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }
}
