using Serverless.Components.Clients.Redis;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <content>Work and sessions of a whole bucket.</content>
internal static partial class RedisWorkflowScripts
{
    /// <summary>When the next free item is due that is not due yet; an empty text when there is none.</summary>
    private const string Next = """
        local function next(now)
          local least = ''
          for i = 1, 3 do
            local name = redis.call('ZRANGEBYSCORE', KEYS[i], '(' .. now, '+inf', 'LIMIT', 0, 1)[1]
            if name then
              local id, instance = split(name)
              local value = redis.call('HGET', ARGV[1] .. instance, id)
              local time = value and string.sub(value, 34, 52)
              if time and (least == '' or time < least) then
                least = time
              end
            end
          end
          return least
        end

        """;

    /// <summary>
    /// Gives free items out. ARGV: how keys of items begin; owner; now; most turns; most activities; most of kind turn, and most activities, that all
    /// may have (empty for any number). Names and values of the items in turn; then when the next free item that is not due yet is due, or an empty text.
    /// </summary>
    public static RedisScript Claim { get; } = new(Bucket + Index + Next + """
        local owner = ARGV[2]
        local given = {}
        local function room(most, all, kind)
          if all == '' then
            return most
          end
          return math.max(0, math.min(most, all - redis.call('ZLEXCOUNT', OWNED, '[' .. kind, '(' .. kind + 1)))
        end
        local function due(queue, most, into)
          if most > 0 then
            local found = redis.call('ZRANGEBYSCORE', queue, '-inf', ARGV[3], 'WITHSCORES', 'LIMIT', 0, most)
            for i = 1, #found, 2 do
              into[#into + 1] = { queue, found[i], tonumber(found[i + 1]) }
            end
          end
        end
        local function take(found, most)
          for i = 1, math.min(most, #found) do
            local queue, name = found[i][1], found[i][2]
            local id, instance = split(name)
            local value = redis.call('HGET', ARGV[1] .. instance, id)
            entry(queue, nil, name)
            entry(BELLS, nil, name)
            if value and sub(value, 1, 32) == FREE then
              value = owner .. sub(value, 33)
              change(ARGV[1] .. instance, id, value)
              index(name, value, true)
              given[#given + 1] = name
              given[#given + 1] = value
            end
          end
        end
        local refusal = refused(OWNED, 'HSET', 'ZADD', 'ZREM')
        if refusal then
          return refusal
        end
        local turns, activities = {}, {}
        local most = tonumber(ARGV[4])
        if alive(owner) ~= FREE then
          due(TURNS, room(most, ARGV[6], 0), turns)
          due(OTHERS, most, turns)
          due(ACTIVITIES, room(tonumber(ARGV[5]), ARGV[7], 1), activities)
        end
        table.sort(turns, function(a, b) return a[3] < b[3] end)
        take(turns, most)
        take(activities, #activities)
        local later = next(ARGV[3])
        flush()
        return { given, later }
        """);

    /// <summary>
    /// What a claim would find. ARGV: how keys of items begin; now. How many owned turns and activities there are; how many turns, activities and others are
    /// due; when the next free item is due, or an empty text.
    /// </summary>
    public static RedisScript Peek { get; } = new(Bucket + Next + """
        local answer = { redis.call('ZLEXCOUNT', OWNED, '[0', '(1'), redis.call('ZLEXCOUNT', OWNED, '[1', '(2') }
        for i = 1, 3 do
          answer[i + 2] = redis.call('ZCOUNT', KEYS[i], '-inf', ARGV[2])
        end
        answer[6] = next(ARGV[2])
        return answer
        """, isReadOnly: true);

    /// <summary>Finds free items that nobody was told of since a time. ARGV: how keys of items begin; the time; now; most. Names and values in turn.</summary>
    public static RedisScript FindOverdue { get; } = new(Bucket + Index + """
        local refusal = refused(OWNED, 'ZADD', 'ZREM')
        if refusal then
          return refusal
        end
        local found = {}
        for _, name in ipairs(redis.call('ZRANGEBYSCORE', BELLS, '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[4])) do
          local id, instance = split(name)
          local value = redis.call('HGET', ARGV[1] .. instance, id)
          if value and sub(value, 1, 32) == FREE then
            entry(BELLS, ARGV[3], name)
            found[#found + 1] = name
            found[#found + 1] = value
          else
            entry(BELLS, nil, name)
          end
        end
        flush()
        return found
        """);

    /// <summary>Opens a session or keeps it. ARGV: session; when it expires; worker; 1 to open it. 1 when it is alive. One that is being ended has a score below 0.</summary>
    public static RedisScript KeepSession { get; } = new(Bucket + """
        local held = redis.call('ZSCORE', SESSIONS, ARGV[1])
        if ARGV[4] ~= '1' and (not held or tonumber(held) < 0) then
          return 0
        end
        redis.call('HSET', WORKERS, ARGV[1], ARGV[3])
        redis.call('ZADD', SESSIONS, ARGV[2], ARGV[1])
        return 1
        """);

    /// <summary>
    /// Ends sessions and frees their items, a part at a time. ARGV: how keys of items begin; the session, or empty for all that expired; before when; most
    /// items. The sessions that have ended, and 1 when there may be more.
    /// </summary>
    public static RedisScript EndSessions { get; } = new(Bucket + Index + """
        local dead = ARGV[2] ~= '' and { ARGV[2] } or redis.call('ZRANGEBYSCORE', SESSIONS, '-inf', '(' .. ARGV[3])
        local left, ended, ending = tonumber(ARGV[4]), {}, nil
        if #dead == 0 then
          return { ended, 0 }
        end
        local refusal = refused(OWNED, 'HSET', 'HDEL', 'ZADD', 'ZREM')
        if refusal then
          return refusal
        end
        for _, session in ipairs(dead) do
          if left == 0 then
            break
          end
          for kind = 0, 4 do
            local from = kind .. session
            local names = left > 0 and redis.call('ZRANGEBYLEX', OWNED, '[' .. from, '[' .. from .. '\255', 'LIMIT', 0, left) or {}
            for _, owned in ipairs(names) do
              local name = sub(owned, 34)
              local id, instance = split(name)
              local value = redis.call('HGET', ARGV[1] .. instance, id)
              entry(OWNED, nil, owned)
              if value and sub(value, 1, 32) == session then
                value = FREE .. sub(value, 33)
                change(ARGV[1] .. instance, id, value)
                index(name, value, true)
              end
            end
            left = left - #names
          end
          if left > 0 then
            ended[#ended + 1] = session
          else
            ending = session
          end
        end
        flush()
        if ending then
          redis.call('ZADD', SESSIONS, 'XX', -1, ending)
        end
        each('ZREM', SESSIONS, ended)
        each('HDEL', WORKERS, ended)
        return { ended, left == 0 and 1 or 0 }
        """);
}
