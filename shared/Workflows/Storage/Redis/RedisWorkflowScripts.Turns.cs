using Serverless.Components.Clients.Redis;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <content>Loading an instance and committing a turn.</content>
internal static partial class RedisWorkflowScripts
{
    /// <summary>
    /// Reads what a turn needs. KEYS: record, history, inbox, bodies. ARGV: the execution and version that are known; most messages. Null, or the
    /// record's fields, 1 when the history is whole, the chunks, and ids and bodies of messages in turn. A chunk has its version in 12 digits before it.
    /// </summary>
    public static RedisScript Load { get; } = new("""
        local held = redis.call('HMGET', KEYS[1], 'n', 'x', 'v', 's', 'c', 'u', 'a', 'o')
        if not held[3] then
          return false
        end
        local known, version = tonumber(ARGV[2]), tonumber(held[3])
        local whole = held[2] ~= ARGV[1] or known < 1 or known > version
        local chunks = {}
        if whole then
          chunks = redis.call('LRANGE', KEYS[2], 0, -1)
        elseif known < version then
          local length, most = redis.call('LLEN', KEYS[2]), version - known + 1
          local tail
          repeat
            tail = redis.call('LRANGE', KEYS[2], -most, -1)
            local reaches = most >= length or tonumber(string.sub(tail[1], 1, 12)) <= known
            most = most * 2
          until reaches
          for i = 1, #tail do
            if tonumber(string.sub(tail[i], 1, 12)) > known then
              chunks[#chunks + 1] = tail[i]
            end
          end
        end
        local inbox = {}
        local ids = redis.call('LRANGE', KEYS[3], 0, ARGV[3] - 1)
        if #ids > 0 then
          local bodies = redis.call('HMGET', KEYS[4], unpack(ids))
          for i = 1, #ids do
            inbox[i * 2 - 1], inbox[i * 2] = ids[i], bodies[i]
          end
        end
        return { held, whole and 1 or 0, chunks, inbox }
        """, isReadOnly: true);

    /// <summary>
    /// Commits a turn. ARGV: 1 instance; 2, 3 version and execution that must be there; 4 new version; 5 owner; 6 status; 7 updated; 8 outcome;
    /// 9 <c>r</c> when the history is replaced, <c>e</c> when it ends; 10, 11, 12 execution, name, start; 13 to 17 how many chunks, consumed messages,
    /// completed items, cancelled items, new items; then these, a new item by id and value. 0: conflict; 1: work lost; 2: done; 3: done, and messages wait.
    /// </summary>
    public static RedisScript Commit { get; } = new(Instance + Index + """
        local held = redis.call('HMGET', RECORD, 'v', 'x')
        local owner, updated, name = ARGV[5], ARGV[7], ARGV[11]
        if held[1] ~= ARGV[2] or held[2] ~= ARGV[3] then
          return 0
        end
        local replaces, ends = string.find(ARGV[9], 'r', 1, true), string.find(ARGV[9], 'e', 1, true)
        local chunks = 18
        local consumed = chunks + ARGV[13]
        local completed = consumed + ARGV[14]
        local cancelled = completed + ARGV[15]
        local added = cancelled + ARGV[16]
        local past = added + 2 * ARGV[17]

        local function read(ids)
          local found = {}
          for i = 1, #ids, MOST do
            local last = math.min(i + MOST - 1, #ids)
            local values = redis.call('HMGET', ITEMS, unpack(ids, i, last))
            for n = i, last do
              found[ids[n]] = values[n - i + 1] or nil
            end
          end
          return found
        end
        local ids = { 'turn' }
        for i = completed, added - 1 do
          ids[#ids + 1] = ARGV[i]
        end
        local items = read(ids)
        for i = completed, cancelled - 1 do
          local value = items[ARGV[i]]
          if not value or sub(value, 1, 32) ~= owner then
            return 1
          end
        end
        local refusal = refused(RECORD, 'HSET', 'HDEL', 'RPUSH', 'ZADD', 'ZREM', 'LREM', 'UNLINK')
        if refusal then
          return refusal
        end

        local gone, removed, sets = {}, {}, {}
        local function remove(id, value)
          if value and not removed[id] then
            removed[id] = true
            gone[#gone + 1] = id
            index(id .. '/' .. instance, value, false)
          end
        end
        for i = completed, added - 1 do
          remove(ARGV[i], items[ARGV[i]])
        end
        if replaces or ends then
          local all = redis.call('HGETALL', ITEMS)
          for i = 1, #all, 2 do
            local kind = sub(all[i + 1], 33, 33)
            if kind == '1' or kind == '2' then
              remove(all[i], all[i + 1])
            end
          end
        end

        local waits = false
        if ends then
          redis.call('UNLINK', INBOX, BODIES)
        else
          for i = consumed, completed - 1 do
            if redis.call('HDEL', BODIES, ARGV[i]) == 1 then
              redis.call('LREM', INBOX, 1, ARGV[i])
            end
          end
          waits = redis.call('LLEN', INBOX) > 0
        end
        local turn = not removed.turn and items.turn
        if not waits then
          remove('turn', turn)
        elseif not turn or sub(turn, 1, 32) == FREE then
          if turn then
            index('turn/' .. instance, turn, false)
          end
          turn = alive(owner) .. (turn and sub(turn, 33) or '0' .. updated .. #name .. ':' .. name)
          sets[1], sets[2] = 'turn', turn
          index('turn/' .. instance, turn, true)
        end

        each('HDEL', ITEMS, gone)
        if added < past then
          ids = {}
          for i = added, past - 1, 2 do
            ids[#ids + 1] = ARGV[i]
          end
          local there = read(ids)
          there.turn = there.turn or waits
          for i = added, past - 1, 2 do
            local id, value = ARGV[i], ARGV[i + 1]
            if not there[id] then
              there[id] = value
              value = alive(sub(value, 1, 32)) .. sub(value, 33)
              sets[#sets + 1] = id
              sets[#sets + 1] = value
              index(id .. '/' .. instance, value, true)
            end
          end
        end
        each('HSET', ITEMS, sets)
        flush()

        if replaces then
          redis.call('UNLINK', HISTORY)
          redis.call('HSET', RECORD, 'x', ARGV[10], 'n', name, 'a', ARGV[12])
        end
        local mark = string.rep('0', 12 - #ARGV[4]) .. ARGV[4]
        for i = chunks, consumed - 1 do
          redis.call('RPUSH', HISTORY, mark .. ARGV[i])
        end
        redis.call('HSET', RECORD, 'v', ARGV[4], 's', ARGV[6], 'u', updated, 'o', ARGV[8])
        return waits and 3 or 2
        """);
}
