using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <content>Instances and their turns.</content>
internal sealed partial class RedisWorkflowStore
{
    // Before each chunk stands its version.
    private const int MarkLength = 12;
    private const int FixedArguments = 17;

    /// <inheritdoc/>
    public async ValueTask<CreateOutcome> CreateAsync(NewWorkflow workflow, CancellationToken cancellationToken)
    {
        var record = workflow.Record;
        var turn = new WorkItem
        {
            InstanceId = record.InstanceId,
            WorkId = WorkItem.TurnId,
            Kind = WorkKind.Turn,
            Name = record.Name,
            Due = workflow.Due,
            Owner = workflow.Owner,
        };
        RedisArgument[] arguments =
        [
            record.InstanceId,
            workflow.First.Id,
            RedisWorkflowRecord.Body(workflow.First),
            record.Name,
            record.ExecutionId,
            (long)record.Status,
            RedisWorkItem.Time(record.CreatedAt),
            RedisWorkItem.Time(record.UpdatedAt),
            record.Start,
            record.Outcome,
            RedisWorkItem.Encode(turn),
            .. workflow.KeptPayloads,
        ];
        return (await ExecuteAsync(Run(RedisWorkflowScripts.Create, record.InstanceId, arguments), cancellationToken)).ToInteger() == 1 ? CreateOutcome.Created : CreateOutcome.IsActive;
    }

    /// <inheritdoc/>
    public async ValueTask<WorkflowRecord?> FindAsync(string instanceId, CancellationToken cancellationToken)
    {
        var reply = await ExecuteAsync(RedisWorkflowRecord.Query(BucketOf(instanceId).Record(instanceId)), cancellationToken);
        return Parse(reply, (ref RespReader reader) => RedisWorkflowRecord.Read(instanceId, ref reader));
    }

    /// <inheritdoc/>
    public async ValueTask<LoadedWorkflow?> LoadAsync(string instanceId, KnownVersion known, CancellationToken cancellationToken)
    {
        var command = RedisCommand.Run(
            RedisWorkflowScripts.Load, BucketOf(instanceId).ReadKeysOf(instanceId), known.ExecutionId, known.Version, LoadedWorkflow.MostMessages);
        return Parse(await ExecuteAsync(command, cancellationToken), (ref RespReader reader) => ReadLoaded(instanceId, ref reader));
    }

    /// <inheritdoc/>
    public async ValueTask<AppendOutcome> AppendAsync(string instanceId, InboxMessage message, Guid? owner, CancellationToken cancellationToken)
    {
        var command = Run(
            RedisWorkflowScripts.Append,
            instanceId,
            instanceId,
            message.Id,
            message.ExecutionId ?? "",
            RedisWorkflowRecord.Body(message),
            RedisWorkItem.Owner(owner),
            RedisWorkItem.Time(_options.Time.GetUtcNow()));
        return (await ExecuteAsync(command, cancellationToken)).ToInteger() switch
        {
            0 => AppendOutcome.Owned,
            1 => AppendOutcome.Appended,
            2 => AppendOutcome.Dropped,
            _ => AppendOutcome.NotFound,
        };
    }

    /// <inheritdoc/>
    public async ValueTask<CommitResult> CommitAsync(TurnCommit commit, CancellationToken cancellationToken)
    {
        var command = Run(RedisWorkflowScripts.Commit, commit.Record.InstanceId, Encode(commit));
        return (await ExecuteAsync(command, cancellationToken)).ToInteger() switch
        {
            0 => new CommitResult(CommitOutcome.Conflict),
            1 => new CommitResult(CommitOutcome.WorkLost),
            2 => new CommitResult(CommitOutcome.Committed),
            _ => new CommitResult(CommitOutcome.Committed, HasMore: true),
        };
    }

    /// <inheritdoc/>
    public async ValueTask<bool> PurgeAsync(string instanceId, long version, CancellationToken cancellationToken) =>
        (await ExecuteAsync(Run(RedisWorkflowScripts.Purge, instanceId, instanceId, version), cancellationToken)).ToInteger() == 1;

    private static RedisArgument[] Encode(TurnCommit commit)
    {
        var record = commit.Record;
        var count = FixedArguments + commit.History.Count + commit.Consumed.Count + commit.CompletedWork.Count + commit.CancelledWork.Count + (2 * commit.NewWork.Count);
        var arguments = new RedisArgument[count];
        arguments[0] = record.InstanceId;
        arguments[1] = record.Version - 1;
        arguments[2] = commit.ExpectedExecutionId;
        arguments[3] = record.Version;
        arguments[4] = RedisWorkItem.Owner(commit.Owner);
        arguments[5] = (long)record.Status;
        arguments[6] = RedisWorkItem.Time(record.UpdatedAt);
        arguments[7] = record.Outcome;
        arguments[8] = (commit.ReplacesHistory, commit.Ends) switch { (true, true) => "re", (true, _) => "r", (_, true) => "e", _ => "" };
        arguments[9] = record.ExecutionId;
        arguments[10] = record.Name;
        arguments[11] = commit.ReplacesHistory ? record.Start : ReadOnlyMemory<byte>.Empty;
        arguments[12] = commit.History.Count;
        arguments[13] = commit.Consumed.Count;
        arguments[14] = commit.CompletedWork.Count;
        arguments[15] = commit.CancelledWork.Count;
        arguments[16] = commit.NewWork.Count;
        var at = FixedArguments;
        foreach (var chunk in commit.History)
        {
            arguments[at++] = chunk;
        }

        foreach (var message in commit.Consumed)
        {
            arguments[at++] = message;
        }

        foreach (var item in commit.CompletedWork)
        {
            arguments[at++] = item.WorkId;
        }

        foreach (var item in commit.CancelledWork)
        {
            arguments[at++] = item;
        }

        foreach (var item in commit.NewWork)
        {
            arguments[at++] = item.WorkId;
            arguments[at++] = RedisWorkItem.Encode(item);
        }

        return arguments;
    }

    private static LoadedWorkflow? ReadLoaded(string instanceId, ref RespReader reader)
    {
        if (reader.Kind != RespKind.Array || reader.ReadArray() != 4 || RedisWorkflowRecord.Read(instanceId, ref reader) is not { } record)
        {
            return null;
        }

        var isWhole = reader.ReadInteger() == 1;
        var chunks = new ReadOnlyMemory<byte>[reader.ReadArray()];
        for (var i = 0; i < chunks.Length; i++)
        {
            chunks[i] = reader.ReadBulk().GetValueOrDefault()[MarkLength..];
        }

        var inbox = new InboxMessage[reader.ReadArray() / 2];
        for (var i = 0; i < inbox.Length; i++)
        {
            inbox[i] = RedisWorkflowRecord.ReadMessage(reader.ReadText()!, reader.ReadBulk().GetValueOrDefault());
        }

        return new LoadedWorkflow(record, isWhole, chunks, inbox);
    }
}
