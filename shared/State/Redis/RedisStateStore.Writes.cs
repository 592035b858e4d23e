using System.Globalization;
using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.State.Redis;

/// <content>Writes.</content>
internal sealed partial class RedisStateStore
{
    private const string NoJson =
        "metadata contentType=application/json needs the JSON layout, which is not supported on a server with the module RedisJSON";

    private const int ReplicaPatience = 1000;
    private const int ArgumentsPerOperation = 4;

    // A command has at most 2^20 parts.
    private const int MostOperations = 200_000;

    public ValueTask<StateResult> SetAsync(StateSet request, CancellationToken cancellationToken)
    {
        if (Check(request, out var etag, out var ttl) is { Outcome: not StateOutcome.Done } fault)
        {
            return new(fault);
        }

        var command = RedisCommand.Run(RedisStateScripts.Set, request.Key, etag, request.Value, request.Options.IsFirstWrite ? 1 : 0, ttl);
        return WriteAsync(command, IsStrong(request.Options), request, cancellationToken);
    }

    public ValueTask<StateResult> DeleteAsync(StateDelete request, CancellationToken cancellationToken)
    {
        if (Check(request) is { Outcome: not StateOutcome.Done } fault)
        {
            return new(fault);
        }

        var command = request.HasETag
            ? RedisCommand.Run(RedisStateScripts.Delete, request.Key, request.ETag!)
            : RedisCommand.On(RedisCommandName.Del, request.Key);
        return WriteAsync(command, IsStrong(request.Options), request, cancellationToken);
    }

    public ValueTask<StateResult> TransactAsync(StateTransaction transaction, CancellationToken cancellationToken)
    {
        var operations = transaction.Operations;
        if (WantsJson(transaction.Metadata) || operations.Count > MostOperations)
        {
            return new(StateResult.Rejected(operations.Count > MostOperations ? $"a transaction can't hold more than {MostOperations} operations" : NoJson));
        }

        if (operations.Count == 1)
        {
            return operations[0].Set is { } only ? SetAsync(only, cancellationToken) : DeleteAsync(operations[0].Delete!, cancellationToken);
        }

        var keys = new string[operations.Count];
        var arguments = new RedisArgument[operations.Count * ArgumentsPerOperation];
        var isStrong = false;
        for (var i = 0; i < keys.Length; i++)
        {
            var fault = Encode(operations[i], out keys[i], arguments.AsSpan(i * ArgumentsPerOperation, ArgumentsPerOperation));
            if (fault.Outcome != StateOutcome.Done)
            {
                return new(fault);
            }

            isStrong |= IsStrong(operations[i].Set?.Options ?? operations[i].Delete!.Options);
        }

        return WriteAsync(RedisCommand.Run(RedisStateScripts.Transact, keys, arguments), isStrong, transaction, cancellationToken);
    }

    private static bool IsStrong(StateOptions options) => options.Consistency == "strong";

    private bool WantsJson(IReadOnlyDictionary<string, string> metadata) =>
        _hasJson && metadata.TryGetValue("contentType", out var contentType) && contentType == "application/json";

    private StateResult Encode(StateOperation operation, out string key, Span<RedisArgument> arguments)
    {
        if (operation.Set is not { } set)
        {
            var delete = operation.Delete!;
            key = delete.Key;
            arguments[0] = "del";
            arguments[1] = delete.HasETag ? delete.ETag! : "0";
            arguments[2] = arguments[3] = "";
            return Check(delete);
        }

        key = set.Key;
        var fault = Check(set, out var etag, out var ttl);
        arguments[0] = set.Options.IsFirstWrite ? "first" : "set";
        arguments[1] = etag;
        arguments[2] = ttl;
        arguments[3] = set.Value;
        return fault;
    }

    private StateResult Check(StateDelete delete) =>
        delete.Options.Complaint is { } complaint ? StateResult.Rejected(complaint)
        : WantsJson(delete.Metadata) ? StateResult.Rejected(NoJson)
        : StateResult.Done;

    private StateResult Check(StateSet set, out long etag, out string ttl)
    {
        etag = 0;
        ttl = "";
        if (set.Options.Complaint is { } complaint)
        {
            return StateResult.Rejected(complaint);
        }

        // With last-write the ETag is not looked at.
        if (set.HasETag && set.Options.Concurrency != "last-write" && !long.TryParse(set.ETag, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out etag))
        {
            return StateResult.EtagInvalid($"'{set.ETag}' is not a whole number");
        }

        return !RedisStateTtl.TryRead(set.Metadata, _options.DefaultTtl, out ttl, out complaint) ? StateResult.Rejected(complaint!)
            : WantsJson(set.Metadata) ? StateResult.Rejected(NoJson)
            : StateResult.Done;
    }

    private async ValueTask<StateResult> WriteAsync(RedisCommand command, bool isStrong, object request, CancellationToken cancellationToken)
    {
        var replicas = isStrong ? await CountReplicasAsync(cancellationToken) : 0;
        if (replicas > 0)
        {
            command.Then = RedisCommand.Of(RedisCommandName.Wait, replicas, ReplicaPatience);
            command.Blocks = true;
        }

        var reader = (await Client.ExecuteAsync(command, cancellationToken)).Read();
        var outcome = reader.ReadInteger();
        if (Refusal(request, outcome) is { Outcome: not StateOutcome.Done } refusal)
        {
            return refusal;
        }

        if (replicas > 0 && Shortage(ref reader, replicas) is { } shortage)
        {
            _replicas!.Doubt();
            throw new RedisTimeoutException($"redis waiting for {replicas} replicas to acknowledge write, err: {shortage}; the write itself has been made");
        }

        return StateResult.Done;
    }

    private async ValueTask<int> CountReplicasAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _replicas!.GetAsync(cancellationToken);
        }
        catch (RedisException fault)
        {
            throw new RedisConnectionException($"not executed: the number of replicas is not known: {fault.Message}", fault);
        }
    }

    private static string? Shortage(ref RespReader reader, int replicas) =>
        reader.Kind == RespKind.Error ? reader.ReadError()
        : reader.ReadInteger() is var acknowledged && acknowledged < replicas ? $"{acknowledged} did within {ReplicaPatience} ms"
        : null;

    // What a script answers: 0 is done; of a transaction, which operation is at fault.
    private static StateResult Refusal(object request, long outcome) => (request, outcome) switch
    {
        (_, 0) or (StateDelete { HasETag: false }, _) => StateResult.Done,
        (StateSet { HasETag: true } set, _) => StateResult.EtagMismatch($"failed to set key {set.Key}"),
        (StateSet set, _) => StateResult.Rejected($"failed to set key {set.Key}: it was written with first-write, and no etag was passed"),
        (StateDelete delete, _) => StateResult.EtagMismatch($"failed to delete {delete.Key}"),
        (StateTransaction { Operations: var operations }, > 0) => Refusal(operations[(int)outcome - 1]),
        (StateTransaction { Operations: var operations }, _) => StateResult.Rejected($"failed to set key {operations[(int)-outcome - 1].Set!.Key}: its version is no number that can be counted up"),
        _ => throw new ArgumentException("no write", nameof(request)),
    };

    private static StateResult Refusal(StateOperation operation) => Refusal((object?)operation.Set ?? operation.Delete!, 1);
}
