using Serverless.Components.Clients.Redis;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <content>Payloads, and what is looked after from time to time.</content>
internal static partial class RedisWorkflowScripts
{
    /// <summary>Keeps a payload; one whose instance is not there yet is noted with the time. ARGV: instance; key; payload; now.</summary>
    public static RedisScript PutPayload { get; } = new(Instance + Index + """
        local refusal = refused(RECORD, 'HSET', 'ZADD')
        if refusal then
          return refusal
        end
        redis.call('HSET', PAYLOADS, ARGV[2], ARGV[3])
        if redis.call('EXISTS', RECORD) == 0 then
          redis.call('ZADD', LOOSE, ARGV[4], instance)
        end
        return 1
        """);

    /// <summary>Removes payloads. ARGV: instance; how their keys begin; keys that stay.</summary>
    public static RedisScript TrimPayloads { get; } = new(Instance + Index + """
        local keep, gone = {}, {}
        for i = 3, #ARGV do
          keep[ARGV[i]] = true
        end
        for _, key in ipairs(redis.call('HKEYS', PAYLOADS)) do
          if sub(key, 1, #ARGV[2]) == ARGV[2] and not keep[key] then
            gone[#gone + 1] = key
          end
        end
        each('HDEL', PAYLOADS, gone)
        return #gone
        """);

    /// <summary>Finds owners of items that have no session. KEYS: the bucket's indexes.</summary>
    public static RedisScript FindOrphans { get; } = new("""
        local orphans = {}
        for kind = 0, 4 do
          local from = '[' .. kind
          while true do
            local name = redis.call('ZRANGEBYLEX', KEYS[5], from, '(' .. kind + 1, 'LIMIT', 0, 1)[1]
            if not name then
              break
            end
            local owner = string.sub(name, 2, 33)
            if not redis.call('ZSCORE', KEYS[6], owner) then
              orphans[#orphans + 1] = owner
            end
            from = '[' .. kind .. owner .. '\255'
          end
        end
        return orphans
        """, isReadOnly: true);

    /// <summary>Removes payloads whose instance was not made. ARGV: how keys of items, of records and of payloads begin; noted before when; most instances. How many were looked at.</summary>
    public static RedisScript RemoveLoose { get; } = new("""
        local names = redis.call('ZRANGEBYSCORE', KEYS[9], '-inf', '(' .. ARGV[4], 'LIMIT', 0, ARGV[5])
        for _, instance in ipairs(names) do
          if redis.call('EXISTS', ARGV[2] .. instance) == 0 then
            redis.call('UNLINK', ARGV[3] .. instance)
          end
          redis.call('ZREM', KEYS[9], instance)
        end
        return #names
        """);

    /// <summary>
    /// Puts items back into indexes that lost them, for some instances in the order of the list. ARGV: how keys of items and of records begin; where in the list;
    /// most instances. The last instance's place, or an empty text at the end.
    /// </summary>
    public static RedisScript Mend { get; } = new(Bucket + Index + """
        local LIST = KEYS[8]
        local names = redis.call('ZRANGEBYLEX', LIST, ARGV[3], '+', 'LIMIT', 0, ARGV[4])
        for _, listed in ipairs(names) do
          local instance = sub(listed, 20)
          if redis.call('EXISTS', ARGV[2] .. instance) == 0 then
            entry(LIST, nil, listed)
          end
          local items = redis.call('HGETALL', ARGV[1] .. instance)
          for i = 1, #items, 2 do
            local name, value = items[i] .. '/' .. instance, items[i + 1]
            local owner, kind = sub(value, 1, 32), sub(value, 33, 33)
            local held
            if owner == FREE then
              held = redis.call('ZSCORE', kind == '0' and TURNS or kind == '1' and ACTIVITIES or OTHERS, name) and redis.call('ZSCORE', BELLS, name)
            else
              held = redis.call('ZSCORE', OWNED, kind .. owner .. name)
            end
            if not held then
              index(name, value, true)
            end
          end
        end
        flush()
        return #names == tonumber(ARGV[4]) and names[#names] or ''
        """);
}
