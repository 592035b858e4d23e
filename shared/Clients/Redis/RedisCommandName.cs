using System.Text;

namespace Serverless.Components.Clients.Redis;

/// <summary>A command's name with what the client has to know about it.</summary>
internal sealed class RedisCommandName
{
    private RedisCommandName(string text, bool isReadOnly)
    {
        Text = text;
        IsReadOnly = isReadOnly;
        Encoded = Encoding.ASCII.GetBytes($"${text.Length}\r\n{text}\r\n");
    }

    public static RedisCommandName Asking { get; } = new("ASKING", isReadOnly: true);

    public static RedisCommandName Auth { get; } = new("AUTH", isReadOnly: true);

    public static RedisCommandName Cluster { get; } = new("CLUSTER", isReadOnly: true);

    public static RedisCommandName Command { get; } = new("COMMAND", isReadOnly: true);

    public static RedisCommandName Del { get; } = new("DEL", isReadOnly: false);

    public static RedisCommandName Eval { get; } = new("EVAL", isReadOnly: false);

    public static RedisCommandName EvalSha { get; } = new("EVALSHA", isReadOnly: false);

    public static RedisCommandName Get { get; } = new("GET", isReadOnly: true);

    public static RedisCommandName GetDel { get; } = new("GETDEL", isReadOnly: false);

    public static RedisCommandName HGetAll { get; } = new("HGETALL", isReadOnly: true);

    public static RedisCommandName HGet { get; } = new("HGET", isReadOnly: true);

    public static RedisCommandName HMGet { get; } = new("HMGET", isReadOnly: true);

    public static RedisCommandName Incr { get; } = new("INCR", isReadOnly: false);

    public static RedisCommandName Info { get; } = new("INFO", isReadOnly: true);

    public static RedisCommandName Ping { get; } = new("PING", isReadOnly: true);

    public static RedisCommandName Role { get; } = new("ROLE", isReadOnly: true);

    public static RedisCommandName Select { get; } = new("SELECT", isReadOnly: true);

    public static RedisCommandName Sentinel { get; } = new("SENTINEL", isReadOnly: true);

    public static RedisCommandName Set { get; } = new("SET", isReadOnly: false);

    public static RedisCommandName Wait { get; } = new("WAIT", isReadOnly: true);

    public static RedisCommandName ZRevRangeByLex { get; } = new("ZREVRANGEBYLEX", isReadOnly: true);

    /// <summary>The name in capitals.</summary>
    public string Text { get; }

    /// <summary>True when executing it twice changes nothing, so that it may be repeated when its fate is unknown.</summary>
    public bool IsReadOnly { get; }

    /// <summary>The name as a bulk string.</summary>
    public byte[] Encoded { get; }
}
