using Serverless.Components.Clients.Redis;

namespace Serverless.Components.State.Redis;

/// <summary>Conditional writes. A refusal is a return value; an error is a fault of the server or of what the key holds.</summary>
/// <remarks>
/// A value is a hash: <c>data</c>; <c>version</c>, which counts the writes and is the ETag; <c>first-write</c>, which once there
/// refuses writes without an ETag. An ETag argument of 0 means none. A key of another type counts as absent. Redis docs:
/// develop/programmability/eval-intro; a script runs alone, and an error in it undoes nothing, so that all checks come first. Memory
/// is checked by the server, at a script's first write alone.
/// </remarks>
internal static class RedisStateScripts
{
    /// <summary>The refusal of the first command that the user may not run on a key; only Redis 7 tells it beforehand.</summary>
    private const string Forbidden = """
        local function forbidden(key, ...)
          for i = 1, redis.acl_check_cmd and select('#', ...) or 0 do
            local command = select(i, ...)
            if command and not redis.acl_check_cmd(command, key) then
              return redis.error_reply('NOPERM this user may not run ' .. command)
            end
          end
        end

        """;

    /// <summary>Counts the version up, keeps the value, and sees to the mark and the expiry. What may fail comes first.</summary>
    private const string Write = """
        local function write(key, value, marks, ttl)
          redis.call('HINCRBY', key, 'version', 1)
          if marks then
            redis.call('HSET', key, 'data', value, 'first-write', '0')
          else
            redis.call('HSET', key, 'data', value)
          end
          if ttl == '0' then
            redis.call('PERSIST', key)
          elseif ttl ~= '' then
            redis.call('EXPIRE', key, ttl)
          end
        end

        """;

    /// <summary>Writes one key. ARGV: ETag, value, <c>1</c> to mark it first-write, TTL argument. 0 when written, 1 when refused.</summary>
    public static RedisScript Set { get; } = new(Forbidden + Write + """
        local key, etag, ttl = KEYS[1], ARGV[1], ARGV[4]
        local held = redis.pcall('HMGET', key, 'version', 'first-write')
        local foreign = held.err
        if foreign then
          if not string.find(foreign, 'WRONGTYPE', 1, true) then
            return held
          end
          held = {}
        end
        local version = held[1]
        local blank = version == ''
        if version and not blank and version ~= etag and (held[2] or etag ~= '0') then
          return 1
        end
        local expiry = ttl == '0' and 'PERSIST' or ttl ~= '' and 'EXPIRE'
        local refusal = forbidden(key, 'HINCRBY', 'HSET', foreign and 'DEL', blank and 'HDEL', expiry)
        if refusal then
          return refusal
        end
        if foreign then
          redis.call('DEL', key)
        elseif blank then
          redis.call('HDEL', key, 'version')
        end
        write(key, ARGV[2], ARGV[3] == '1', ttl)
        return 0
        """);

    /// <summary>Deletes one key. ARGV: ETag. 0 when it is gone, 1 when refused.</summary>
    public static RedisScript Delete { get; } = new("""
        local version = redis.pcall('HGET', KEYS[1], 'version')
        if type(version) == 'table' then
          if not string.find(version.err, 'WRONGTYPE', 1, true) then
            return version
          end
        elseif version and version ~= '' and version ~= ARGV[1] and ARGV[1] ~= '0' then
          return 1
        end
        redis.call('DEL', KEYS[1])
        return 0
        """);

    /// <summary>
    /// Applies operations in order, all or none. KEYS: one per operation. ARGV: four per operation: <c>set</c>, <c>first</c>
    /// (a write that marks) or <c>del</c>; ETag; TTL argument; value. 0 when applied; n when the nth operation was refused; -n when
    /// what its key holds can't be counted up.
    /// </summary>
    public static RedisScript Transact { get; } = new(Forbidden + Write + """
        local states = {}
        for i = 1, #KEYS do
          local key, kind, etag, ttl = KEYS[i], ARGV[i * 4 - 3], ARGV[i * 4 - 2], ARGV[i * 4 - 1]
          local state = states[key]
          if not state then
            local held = redis.pcall('HMGET', key, 'version', 'first-write')
            state = {}
            if not held.err then
              state.version, state.marked = held[1], held[2]
              if state.version == '' then
                state.version, state.blank = false, true
              end
            elseif string.find(held.err, 'WRONGTYPE', 1, true) then
              state.foreign = true
            else
              return held
            end
            states[key] = state
          end
          if state.version and state.version ~= etag and (etag ~= '0' or (state.marked and kind ~= 'del')) then
            return i
          end
          local refusal
          if kind == 'del' then
            refusal = forbidden(key, 'DEL')
            state.version, state.marked = false, false
          else
            local expiry = ttl == '0' and 'PERSIST' or ttl ~= '' and 'EXPIRE'
            refusal = forbidden(key, 'HINCRBY', 'HSET', state.foreign and 'DEL', state.blank and 'HDEL', expiry)
            if state.version and state.version ~= '0' and (#state.version > 18 or not string.find(state.version, '^%-?[1-9]%d*$')) then
              return -i
            end
            state.version = string.format('%.0f', (tonumber(state.version or '0')) + 1)
            state.marked = state.marked or kind == 'first'
          end
          if refusal then
            return refusal
          end
        end
        for i = 1, #KEYS do
          local key, kind, ttl = KEYS[i], ARGV[i * 4 - 3], ARGV[i * 4 - 1]
          local state = states[key]
          if kind == 'del' or state.foreign then
            redis.call('DEL', key)
          elseif state.blank then
            redis.call('HDEL', key, 'version')
          end
          state.foreign, state.blank = false, false
          if kind ~= 'del' then
            write(key, ARGV[i * 4], kind == 'first', ttl)
          end
        end
        return 0
        """);
}
