using Serverless.Components.Clients.Redis;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <summary>The changes of a bucket, each one script: it checks first, and then does everything or, by a return value, nothing.</summary>
/// <remarks>
/// Redis docs: develop/programmability/eval-intro; a script runs alone, its writes are one transaction in the append-only file, and an error
/// in it undoes nothing, so that all checks come first. Memory is checked by the server at a script's first write alone. Item values begin
/// as <see cref="RedisWorkItem"/> says: 32 digits of the owner, one of the kind, 19 of the due time.
/// </remarks>
internal static partial class RedisWorkflowScripts
{
    /// <summary>The keys of an instance, of its bucket's indexes, and what all of its scripts do. KEYS: <see cref="RedisWorkflowBucket.KeysOf"/>. ARGV[1]: the instance.</summary>
    private const string Instance = """
        local RECORD, HISTORY, INBOX, BODIES, ITEMS, PAYLOADS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
        local TURNS, ACTIVITIES, OTHERS, BELLS, OWNED, SESSIONS, LIST, LOOSE = KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11], KEYS[12], KEYS[13], KEYS[14]
        local instance = ARGV[1]
        local ENDED = { ['1'] = true, ['3'] = true, ['4'] = true, ['5'] = true }

        """;

    /// <summary>What the scripts of a bucket do over many instances. KEYS: <see cref="RedisWorkflowBucket.Indexes"/>. ARGV[1]: how keys of items begin.</summary>
    private const string Bucket = """
        local TURNS, ACTIVITIES, OTHERS, BELLS, OWNED, SESSIONS, WORKERS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
        local function split(name)
          local slash = string.find(name, '/', 1, true)
          return string.sub(name, 1, slash - 1), string.sub(name, slash + 1)
        end

        """;

    /// <summary>The indexes: free items by their time, in a queue and among the bells; owned ones by kind and owner. Kept in batches until the end. A session that has ended owns nothing.</summary>
    private const string Index = """
        local FREE = '00000000000000000000000000000000'
        local MOST = 4000
        local sub = string.sub
        local plus, minus = {}, {}
        local function batch(all, key)
          local one = all[key]
          if not one then
            one = {}
            all[key] = one
          end
          return one
        end
        local function each(command, key, values)
          for i = 1, #values, MOST do
            redis.call(command, key, unpack(values, i, math.min(i + MOST - 1, #values)))
          end
        end
        local function entry(key, score, name)
          local one = batch(score and plus or minus, key)
          if score then
            one[#one + 1] = score
          end
          one[#one + 1] = name
        end
        local function index(name, value, adds)
          local owner, kind = sub(value, 1, 32), sub(value, 33, 33)
          if owner == FREE then
            local due = adds and sub(value, 34, 52)
            entry(kind == '0' and TURNS or kind == '1' and ACTIVITIES or OTHERS, due, name)
            entry(BELLS, due, name)
          else
            entry(OWNED, adds and '0', kind .. owner .. name)
          end
        end
        local function flush()
          for key, values in pairs(minus) do
            each('ZREM', key, values)
          end
          for key, values in pairs(plus) do
            each('ZADD', key, values)
          end
        end
        local lives = {}
        local function alive(owner)
          if lives[owner] == nil then
            local expiry = owner ~= FREE and redis.call('ZSCORE', SESSIONS, owner)
            lives[owner] = expiry and tonumber(expiry) >= 0 and owner or FREE
          end
          return lives[owner]
        end
        local function refused(key, ...)
          for i = 1, redis.acl_check_cmd and select('#', ...) or 0 do
            local command = select(i, ...)
            if not redis.acl_check_cmd(command, key) then
              return redis.error_reply('NOPERM this user may not run ' .. command)
            end
          end
        end

        """;

    /// <summary>Appends a message, unless it is there, and sees to the turn item. 0: it is the owner's; 1: it is someone else's or nobody's.</summary>
    private const string Receive = """
        local function receive(id, body, owner, name, due)
          if redis.call('HSETNX', BODIES, id, body) == 1 then
            redis.call('RPUSH', INBOX, id)
          end
          local turn = redis.call('HGET', ITEMS, 'turn')
          if turn and sub(turn, 1, 32) ~= FREE then
            return sub(turn, 1, 32) == owner and 0 or 1
          end
          owner = alive(owner)
          if turn and owner == FREE then
            return 1
          end
          if turn then
            index('turn/' .. instance, turn, false)
          end
          turn = owner .. (turn and sub(turn, 33) or '0' .. due .. #name .. ':' .. name)
          redis.call('HSET', ITEMS, 'turn', turn)
          index('turn/' .. instance, turn, true)
          return owner == FREE and 1 or 0
        end

        """;

    /// <summary>Removes all that belongs to an instance but items of messages, without the flush.</summary>
    private const string Drop = """
        local function drop(items, created)
          local gone = {}
          for i = 1, #items, 2 do
            if sub(items[i + 1], 33, 33) ~= '3' then
              gone[#gone + 1] = items[i]
              index(items[i] .. '/' .. instance, items[i + 1], false)
            end
          end
          each('HDEL', ITEMS, gone)
          entry(LIST, nil, created .. instance)
          entry(LOOSE, nil, instance)
          redis.call('UNLINK', RECORD, HISTORY, INBOX, BODIES, PAYLOADS)
        end

        """;

    /// <summary>
    /// Creates an instance. ARGV: instance; the message's id and body; name, execution, status, created, updated, start, outcome; the turn
    /// item. 1 when it is there, 0 when another one has not ended.
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
    /// Appends a message. ARGV: instance; the message's id, execution and body; owner. 0 and 1 as above; 2 when it is dropped; 3 when there is
    /// no such instance.
    /// </summary>
    public static RedisScript Append { get; } = new(Instance + Index + Receive + """
        local held = redis.call('HMGET', RECORD, 's', 'x', 'n', 'u')
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
        local outcome = receive(ARGV[2], ARGV[4], ARGV[5], held[3], held[4])
        flush()
        return outcome
        """);

    /// <summary>
    /// Completes an item. ARGV: instance; the item; its owner; the result's id (empty for none), execution and body. 1 when done, 0
    /// when the item is gone or someone else's.
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
          local held = redis.call('HMGET', RECORD, 's', 'x', 'n', 'u')
          if held[1] and not ENDED[held[1]] and (ARGV[5] == '' or ARGV[5] == held[2]) then
            receive(ARGV[4], ARGV[6], ARGV[3], held[3], held[4])
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
        flush()
        return 1
        """);
}
