using Serverless.Backends.Redis;

namespace Serverless.Tests.Components.Workflows.Storage.Redis;

/// <summary>Holds all that workflows left on a server against each other: every index against every item, every list against every record.</summary>
internal static class RedisWorkflowAudit
{
    private const string Script = """
        local faults = {}
        local function fault(...)
          faults[#faults + 1] = table.concat({ ... }, ' ')
        end
        local free = string.rep('0', 32)
        local expected, records, lists = {}, {}, {}
        local function expect(tag, index, name)
          expected[tag .. index] = expected[tag .. index] or {}
          expected[tag .. index][name] = true
        end
        local names = { turns = true, activities = true, others = true, bells = true, owned = true }
        for _, key in ipairs(redis.call('KEYS', '{*}*')) do
          local tag, kind, instance = string.match(key, '^(%b{})(%l):(.*)$')
          if kind == 'm' then
            records[tag .. redis.call('HGET', key, 'c') .. instance] = true
          elseif kind == 'w' then
            local items = redis.call('HGETALL', key)
            for i = 1, #items, 2 do
              local owner, of, name = string.sub(items[i + 1], 1, 32), string.sub(items[i + 1], 33, 33), items[i] .. '/' .. instance
              if owner == free then
                expect(tag, of == '0' and 'turns' or of == '1' and 'activities' or 'others', name)
                expect(tag, 'bells', name)
              else
                expect(tag, 'owned', of .. owner .. name)
                if not redis.call('ZSCORE', tag .. 'sessions', owner) then
                  fault(key, items[i], 'has an owner without session')
                end
              end
            end
          elseif kind == 'i' or kind == 'b' then
            local ids, bodies = redis.call('LRANGE', tag .. 'i:' .. instance, 0, -1), tag .. 'b:' .. instance
            if #ids ~= redis.call('HLEN', bodies) then
              fault(key, 'inbox and bodies differ')
            end
            for _, id in ipairs(ids) do
              if redis.call('HEXISTS', bodies, id) == 0 then
                fault(key, id, 'has no body')
              end
            end
            if redis.call('HEXISTS', tag .. 'w:' .. instance, 'turn') == 0 then
              fault(key, 'has no turn item')
            end
          end
          if kind and kind ~= 'm' and kind ~= 'p' and redis.call('EXISTS', tag .. 'm:' .. instance) == 0 then
            fault(key, 'has no record')
          end
          if not kind then
            local index
            tag, index = string.match(key, '^(%b{})(%l+)$')
            if tag and (names[index] or index == 'list') then
              for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
                lists[#lists + 1] = { tag, index, member }
              end
            end
          end
        end
        for _, entry in ipairs(lists) do
          local tag, index, member = entry[1], entry[2], entry[3]
          if index == 'list' then
            if records[tag .. member] then
              records[tag .. member] = nil
            else
              fault(tag, 'list', member, 'has no record')
            end
          elseif expected[tag .. index] and expected[tag .. index][member] then
            expected[tag .. index][member] = nil
          else
            fault(tag, index, member, 'has no item')
          end
        end
        for record in pairs(records) do
          fault(record, 'is not listed')
        end
        for index, members in pairs(expected) do
          for member in pairs(members) do
            fault(index, 'lacks', member)
          end
        end
        return faults
        """;

    /// <summary>What does not fit; empty when all is well.</summary>
    public static async Task<IReadOnlyList<string?>> FaultsAsync(RedisServer server, CancellationToken cancellationToken)
    {
        await using var connection = await server.Cli.OpenAsync(cancellationToken);
        var reply = await connection.CallAsync(["EVAL", Script, 0], cancellationToken);
        return reply.Error is null ? reply.List : [reply.Error];
    }

    public static async Task VerifyAsync(RedisServer server, CancellationToken cancellationToken) =>
        Assert.Empty(await FaultsAsync(server, cancellationToken));
}
