using Serverless.Components.Clients.Redis;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Bindings.Redis;

/// <summary>Writes, reads, counts and deletes plain strings in Redis. What <c>create</c> stores is the JSON text of the data.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/redis. A value and its time to live are set in one step.</remarks>
internal sealed class RedisBinding : IOutputBinding
{
    private static readonly RedisScript IncrementFor = new(
        """
        local count = redis.call('INCR', KEYS[1])
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        return count
        """);

    private readonly ComponentContext _context;
    private readonly RedisOptions _options;
    private RedisClient? _client;

    public RedisBinding(ComponentContext context)
    {
        _context = context;
        var binder = context.Metadata.Bind();
        _options = RedisSettings.Read(binder, context);
        binder.ThrowIfFaulty();
    }

    public IReadOnlyList<string> Operations { get; } = ["create", "delete", "get", "increment"];

    public IReadOnlyList<string> Capabilities { get; } = [];

    private RedisClient Client => _client ?? throw new InvalidOperationException("the binding is not initialised");

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        _client = RedisClient.Create(_options);
        try
        {
            // Once and first: on the way to a connection a token that can't be had is asked for several times.
            _ = _options.Credentials is { } credentials ? await credentials(cancellationToken) : null;
            await _client.ExecuteAsync(RedisCommand.Of(RedisCommandName.Ping), cancellationToken);
        }
        catch (RedisException fault)
        {
            throw new ComponentException(
                $"component '{_context.Name}': redis binding: error connecting to redis at {string.Join(',', _options.Endpoints)}: {fault.Message}", fault);
        }
    }

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var key = request.Text("key") ?? throw new BindingException("redis binding: missing key in request metadata");
        try
        {
            var reply = await Client.ExecuteAsync(ToCommand(request, key), cancellationToken);
            return request.Operation == "get" ? new BindingResponse { Data = reply.ToBulk().GetValueOrDefault() } : null;
        }
        catch (RedisException fault)
        {
            throw new BindingException($"redis binding: {fault.Message}", fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await (_client?.DisposeAsync() ?? ValueTask.CompletedTask);
        _options.Tokens?.Dispose();
    }

    private static RedisCommand ToCommand(BindingRequest request, string key) => (request.Operation, Milliseconds(request)) switch
    {
        ("create", null) => RedisCommand.On(RedisCommandName.Set, key, request.Data),
        ("create", { } milliseconds) => RedisCommand.On(RedisCommandName.Set, key, request.Data, "PX", milliseconds),
        ("increment", null) => RedisCommand.On(RedisCommandName.Incr, key),
        ("increment", { } milliseconds) => RedisCommand.Run(IncrementFor, key, milliseconds),
        ("delete", _) => RedisCommand.On(RedisCommandName.Del, key),
        _ => RedisCommand.On(request.Text("delete") == "true" ? RedisCommandName.GetDel : RedisCommandName.Get, key),
    };

    // Redis takes no zero; a key that lives so long is gone for any reader.
    private static long? Milliseconds(BindingRequest request) => request.Operation is "create" or "increment" && request.TimeToLive() is { } time
        ? Math.Max(1, (long)time.TotalMilliseconds)
        : null;
}
