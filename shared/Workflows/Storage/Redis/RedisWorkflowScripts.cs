using Serverless.Components.Clients.Redis;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <summary>The changes of a bucket, each one script: it checks first, and then does everything or, by a return value, nothing.</summary>
/// <remarks>
/// Redis docs: develop/programmability/eval-intro; a script runs alone, its writes are one transaction in the append-only file, and an error
/// in it undoes nothing, so that all checks come first; also all looks at keys that are not declared, which a cluster refuses while it moves them to another
/// node. Memory is checked by the server at a script's first write alone. Item values begin as <see cref="RedisWorkItem"/> says: 32 digits of the owner,
/// one of the kind, 19 of the due time.
/// </remarks>
internal static partial class RedisWorkflowScripts
{
    /// <summary>
    /// Creates an instance. ARGV: instance; the message's id and body; name, execution, status, created, updated, start, outcome; the turn
    /// item; how keys of payloads begin that stay. 1 when it is there, 0 when another one has not ended.
    /// </summary>
    public static RedisScript Create { get; } = new(Instance + Index + Drop + """
        local held = redis.call('HMGET', RECORD, 's', 'f', 'c')
        if held[2] == ARGV[2] then
          return 1
        end
        if held[1] and not ENDED[held[1]] then
          return 0
        end
        local refusal = refused(RECORD, 'HSET', 'HDEL', 'RPUSH', 'ZADD', 'ZREM', 'UNLINK')
        if refusal then
          return refusal
        end
        if held[1] then
          drop(redis.call('HGETALL', ITEMS), held[3])
          local gone = {}
          for _, key in ipairs(redis.call('HKEYS', PAYLOADS)) do
            local stays = false
            for i = 12, #ARGV do
              stays = stays or sub(key, 1, #ARGV[i]) == ARGV[i]
            end
            if not stays then
              gone[#gone + 1] = key
            end
          end
          each('HDEL', PAYLOADS, gone)
        else
          entry(LOOSE, nil, instance)
        end
        redis.call('HSET', RECORD, 'v', '0', 'n', ARGV[4], 'x', ARGV[5], 's', ARGV[6], 'c', ARGV[7], 'u', ARGV[8], 'a', ARGV[9], 'o', ARGV[10], 'f', ARGV[2])
        redis.call('HSET', BODIES, ARGV[2], ARGV[3])
        redis.call('RPUSH', INBOX, ARGV[2])
        local turn = alive(sub(ARGV[11], 1, 32)) .. sub(ARGV[11], 33)
        redis.call('HSET', ITEMS, 'turn', turn)
        index('turn/' .. instance, turn, true)
        entry(LIST, '0', ARGV[7] .. instance)
        flush()
        return 1
        """);

    /// <summary>
    /// Appends a message. ARGV: instance; the message's id, execution and body; owner; now. 0 and 1 as above; 2 when it is dropped; 3 when there is
    /// no such instance.
    /// </summary>
    public static RedisScript Append { get; } = new(Instance + Index + Receive + """
        local held = redis.call('HMGET', RECORD, 's', 'x', 'n')
        if not held[1] then
          return 3
        end
        if ENDED[held[1]] or (ARGV[3] ~= '' and ARGV[3] ~= held[2]) then
          return 2
        end
        local refusal = refused(RECORD, 'HSETNX', 'RPUSH', 'HSET', 'ZADD', 'ZREM')
        if refusal then
          return refusal
        end
        local outcome = receive(ARGV[2], ARGV[4], ARGV[5], held[3], ARGV[6])
        flush()
        return outcome
        """);

    /// <summary>
    /// Completes an item. ARGV: instance; the item; its owner; the result's id (empty for none), execution and body; now. 1 when
    /// done, 0 when the item is gone or someone else's.
    /// </summary>
    public static RedisScript Complete { get; } = new(Instance + Index + Receive + """
        local value = redis.call('HGET', ITEMS, ARGV[2])
        if not value or sub(value, 1, 32) ~= ARGV[3] then
          return 0
        end
        local refusal = refused(RECORD, 'HDEL', 'HSETNX', 'RPUSH', 'HSET', 'ZADD', 'ZREM')
        if refusal then
          return refusal
        end
        redis.call('HDEL', ITEMS, ARGV[2])
        index(ARGV[2] .. '/' .. instance, value, false)
        if ARGV[4] ~= '' then
          local held = redis.call('HMGET', RECORD, 's', 'x', 'n')
          if held[1] and not ENDED[held[1]] and (ARGV[5] == '' or ARGV[5] == held[2]) then
            receive(ARGV[4], ARGV[6], ARGV[3], held[3], ARGV[7])
          end
        end
        flush()
        return 1
        """);

    /// <summary>Gives an item to an owner. ARGV: instance; the item; owner. Its value, or null when it is gone or someone else's.</summary>
    public static RedisScript ClaimOne { get; } = new(Instance + Index + """
        local value = redis.call('HGET', ITEMS, ARGV[2])
        local owner = value and sub(value, 1, 32)
        if owner ~= FREE then
          return owner == ARGV[3] and value
        end
        if alive(ARGV[3]) == FREE then
          return false
        end
        local refusal = refused(RECORD, 'HSET', 'ZADD', 'ZREM')
        if refusal then
          return refusal
        end
        index(ARGV[2] .. '/' .. instance, value, false)
        value = ARGV[3] .. sub(value, 33)
        index(ARGV[2] .. '/' .. instance, value, true)
        redis.call('HSET', ITEMS, ARGV[2], value)
        flush()
        return value
        """);

    /// <summary>Gives an item back. ARGV: instance; the item; its owner; when it is due. 1 when it was the owner's.</summary>
    public static RedisScript Release { get; } = new(Instance + Index + """
        local value = redis.call('HGET', ITEMS, ARGV[2])
        if not value or sub(value, 1, 32) ~= ARGV[3] then
          return 0
        end
        local refusal = refused(RECORD, 'HSET', 'ZADD', 'ZREM')
        if refusal then
          return refusal
        end
        index(ARGV[2] .. '/' .. instance, value, false)
        value = FREE .. sub(value, 33, 33) .. ARGV[4] .. sub(value, 53)
        index(ARGV[2] .. '/' .. instance, value, true)
        redis.call('HSET', ITEMS, ARGV[2], value)
        flush()
        return 1
        """);

    /// <summary>Removes an instance. ARGV: instance; the version it must have. 1 when it is gone, 0 when it has another version or items of messages.</summary>
    public static RedisScript Purge { get; } = new(Instance + Index + Drop + """
        local held = redis.call('HMGET', RECORD, 'v', 'c')
        if held[1] and held[1] ~= ARGV[2] then
          return 0
        end
        local items = redis.call('HGETALL', ITEMS)
        for i = 2, #items, 2 do
          if held[1] and sub(items[i], 33, 33) == '3' then
            return 0
          end
        end
        local refusal = refused(RECORD, 'UNLINK', 'HDEL', 'ZREM')
        if refusal then
          return refusal
        end
        drop(items, held[2] or '')
        redis.call('UNLINK', PAYLOADS)
        flush()
        return 1
        """);
}
