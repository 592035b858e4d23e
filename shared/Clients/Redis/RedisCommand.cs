using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Clients.Redis;

/// <summary>One command on its way: what to send, and the reply to come. It is executed and awaited once.</summary>
/// <remarks>
/// It is its own task, so that a command costs one object. Whoever ends it first (reply, failure, timeout, caller) wins; a reply
/// that comes later is dropped. Its arguments' memory is not read after that.
/// </remarks>
internal sealed partial class RedisCommand
{
    private readonly RedisCommandName _name;
    private readonly RedisScript? _script;
    private readonly string? _key;
    private readonly string[] _keys;
    private readonly RedisArgument[] _arguments;
    private bool _sendsSource;

    private RedisCommand(RedisCommandName name, RedisScript? script, string? key, string[] keys, RedisArgument[] arguments)
    {
        _name = name;
        _script = script;
        _key = key;
        _keys = keys;
        _arguments = arguments;
    }

    /// <summary>One without keys, sent right behind this one on the same connection; its reply follows in <see cref="RedisReply"/>.</summary>
    public RedisCommand? Then { get; set; }

    /// <summary>True when the server may take its time over it, so that it gets a connection where nothing waits behind it.</summary>
    public bool Blocks { get; set; }

    /// <summary>True for what belongs to one connection, and is void without it.</summary>
    public bool IsHandshake { get; init; }

    /// <summary>True when it may be executed twice.</summary>
    public bool IsReadOnly => _script?.IsReadOnly ?? _name.IsReadOnly;

    /// <summary>True when a cluster node must be told that the slot is being handed to it.</summary>
    public bool IsAsking { get; set; }

    /// <summary>How many replies belong to it.</summary>
    public int Replies => (IsAsking ? 2 : 1) + (Then?.Replies ?? 0);

    /// <summary>Its keys; none when it can go to any node.</summary>
    public ReadOnlySpan<string> Keys => _key is not null ? new ReadOnlySpan<string>(in _key) : _keys;

    /// <summary>A command without a key, or one whose keys don't matter.</summary>
    public static RedisCommand Of(RedisCommandName name, params RedisArgument[] arguments) => new(name, null, null, [], arguments);

    /// <summary>A command that prepares one connection.</summary>
    public static RedisCommand InHandshake(RedisCommandName name, params RedisArgument[] arguments) => new(name, null, null, [], arguments) { IsHandshake = true };

    /// <summary>A command on one key, which is its first argument.</summary>
    public static RedisCommand On(RedisCommandName name, string key, params RedisArgument[] arguments) => new(name, null, key, [], arguments);

    /// <summary>A script on one key.</summary>
    public static RedisCommand Run(RedisScript script, string key, params RedisArgument[] arguments) =>
        new(RedisCommandName.EvalSha, script, key, [], arguments);

    /// <summary>A script on several keys, which in a cluster must lie in one slot.</summary>
    public static RedisCommand Run(RedisScript script, string[] keys, params RedisArgument[] arguments) =>
        new(RedisCommandName.EvalSha, script, null, keys, arguments);

    /// <summary>From now on a script goes out in full; false when it did already, or is none.</summary>
    public bool SendSource()
    {
        var changed = _script is not null && !_sendsSource;
        _sendsSource = true;
        return changed;
    }

    /// <summary>Writes it with what belongs to it.</summary>
    public void WriteTo(ref RespWriter writer)
    {
        if (IsAsking)
        {
            writer.WriteHeader(1);
            writer.WriteRaw(RedisCommandName.Asking.Encoded);
        }

        var keys = Keys;
        writer.WriteHeader(1 + (_script is null ? 0 : 2) + keys.Length + _arguments.Length);
        WriteName(ref writer, keys.Length);
        foreach (var key in keys)
        {
            writer.WriteBulk(key);
        }

        foreach (ref readonly var argument in _arguments.AsSpan())
        {
            argument.WriteTo(ref writer);
        }

        Then?.WriteTo(ref writer);
    }

    /// <summary>Names the command, never its arguments.</summary>
    public override string ToString() => _name.Text;

    private void WriteName(ref RespWriter writer, int keys)
    {
        if (_script is null)
        {
            writer.WriteRaw(_name.Encoded);
            return;
        }

        writer.WriteRaw((_sendsSource ? RedisCommandName.Eval : RedisCommandName.EvalSha).Encoded);
        writer.WriteBulk(_sendsSource ? _script.Text : _script.Digest);
        writer.WriteBulk(keys);
    }
}
