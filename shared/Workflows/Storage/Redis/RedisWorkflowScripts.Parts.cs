namespace Serverless.Components.Workflows.Storage.Redis;

/// <content>What several scripts have in common.</content>
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
        local plus, minus, changes = {}, {}, {}
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
        local function change(key, id, value)
          changes[#changes + 1] = { key, id, value }
        end
        local function flush()
          for i = 1, #changes do
            redis.call('HSET', unpack(changes[i]))
          end
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

    /// <summary>Removes all that belongs to an instance but items of messages and payloads, without the flush.</summary>
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
          redis.call('UNLINK', RECORD, HISTORY, INBOX, BODIES)
        end

        """;
}
