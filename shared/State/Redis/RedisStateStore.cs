using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Protocol;
using Serverless.Components.Registry;

namespace Serverless.Components.State.Redis;

/// <summary>Keeps state in Redis, in hashes that daprd reads and writes too.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-state-stores/setup-redis.</remarks>
internal sealed partial class RedisStateStore : ITransactionalStateStore
{
    private readonly ComponentContext _context;
    private readonly RedisStateOptions _options;
    private RedisClient? _client;
    private RedisReplicaCount? _replicas;
    private bool _hasJson;

    public RedisStateStore(ComponentContext context)
    {
        _context = context;
        _options = RedisStateOptions.Read(context);
    }

    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"];

    public int? MaxTransactionOperations => null;

    private RedisClient Client => _client ?? throw new InvalidOperationException("the store is not initialised");

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        _client = RedisClient.Create(_options.Redis);
        _replicas = new RedisReplicaCount(_client, _options.Redis.Time);
        try
        {
            // Once and first: on the way to a connection a token that can't be had is asked for several times.
            _ = _options.Redis.Credentials is { } credentials ? await credentials(cancellationToken) : null;
            await _client.ExecuteAsync(RedisCommand.Of(RedisCommandName.Ping), cancellationToken);
            await _replicas.ReadAsync(cancellationToken);
            _hasJson = await KnowsAsync("JSON.SET", cancellationToken);
        }
        catch (RedisException fault)
        {
            throw new ComponentException(
                $"component '{_context.Name}': redis store: error connecting to redis at {string.Join(',', _options.Redis.Endpoints)}: {fault.Message}", fault);
        }
    }

    public async ValueTask<StateEntry?> GetAsync(StateGet request, CancellationToken cancellationToken)
    {
        if (WantsJson(request.Metadata))
        {
            throw new NotSupportedException(NoJson);
        }

        try
        {
            return ReadHash(await Client.ExecuteAsync(RedisCommand.On(RedisCommandName.HGetAll, request.Key), cancellationToken));
        }
        catch (RedisServerException fault) when (fault.Code == "WRONGTYPE")
        {
            // Someone else's plain string is readable too.
            var reply = await Client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, request.Key), cancellationToken);
            return reply.ToBulk() is { } text ? new StateEntry(text, null) : null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await (_client?.DisposeAsync() ?? ValueTask.CompletedTask);
        _options.Redis.Tokens?.Dispose();
    }

    private static StateEntry? ReadHash(RedisReply reply)
    {
        ReadOnlyMemory<byte>? data = null;
        string? version = null;
        var reader = reply.Read();
        var fields = reader.ReadArray() / 2;
        if (fields == 0)
        {
            return null;
        }

        for (; fields > 0; fields--)
        {
            var field = reader.ReadBulk().GetValueOrDefault().Span;
            if (field.SequenceEqual("data"u8))
            {
                data = reader.ReadBulk();
            }
            else if (field.SequenceEqual("version"u8))
            {
                version = reader.ReadText();
            }
            else
            {
                reader.Skip();
            }
        }

        return data is { } value && version is not null
            ? new StateEntry(value, version)
            : throw new InvalidDataException("required hash field 'data' or 'version' was not found");
    }

    private async ValueTask<bool> KnowsAsync(string command, CancellationToken cancellationToken)
    {
        try
        {
            var reader = (await Client.ExecuteAsync(RedisCommand.Of(RedisCommandName.Command, "INFO", command), cancellationToken)).Read();

            // An unknown command is null in place of its description.
            return reader.ReadArray() == 1 && reader.Kind == RespKind.Array && reader.ReadArray() > 0;
        }
        catch (RedisServerException)
        {
            // Some services don't answer it; those have no module of this kind either.
            return false;
        }
    }
}
