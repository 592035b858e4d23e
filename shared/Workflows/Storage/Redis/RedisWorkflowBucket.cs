using System.Globalization;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <summary>The keys of a part of an app's instances, all under one hash tag, so that instances and indexes change together in a cluster too.</summary>
/// <remarks>
/// <c>{app||workflow||n}</c> begins each key. By instance: <c>m:</c> the record, <c>h:</c> its history, <c>i:</c> the ids of its inbox, <c>b:</c> their
/// bodies, <c>w:</c> its items, <c>p:</c> its payloads. Of all: free turns, activities and other items by due time, bells by when someone was last told,
/// owned items by kind and owner, sessions by expiry, workers by session, the list of instances by creation, and payloads without an instance.
/// </remarks>
internal sealed class RedisWorkflowBucket
{
    private readonly string _tag;

    /// <summary>The part of that number.</summary>
    public RedisWorkflowBucket(string appId, int number)
    {
        _tag = string.Create(CultureInfo.InvariantCulture, $"{{{Escape(appId)}||workflow||{number}}}");
        Indexes =
        [
            _tag + "turns", _tag + "activities", _tag + "others", _tag + "bells", _tag + "owned", _tag + "sessions", _tag + "workers", _tag + "list", _tag + "loose",
        ];
    }

    /// <summary>The keys of the indexes: turns, activities, others, bells, owned, sessions, workers, list, loose.</summary>
    public string[] Indexes { get; }

    /// <summary>The list of instances: 19 digits of the creation time, then the instance.</summary>
    public string List => Indexes[7];

    /// <summary>How keys of items begin.</summary>
    public string Items => _tag + "w:";

    /// <summary>How keys of records begin.</summary>
    public string Records => _tag + "m:";

    /// <summary>How keys of payloads begin.</summary>
    public string Payloads => _tag + "p:";

    /// <summary>An instance's record.</summary>
    public string Record(string instanceId) => _tag + "m:" + instanceId;

    /// <summary>What loading an instance reads: record, history, inbox, bodies.</summary>
    public string[] ReadKeysOf(string instanceId) => [Record(instanceId), _tag + "h:" + instanceId, _tag + "i:" + instanceId, _tag + "b:" + instanceId];

    /// <summary>Record, history, inbox, bodies, items, payloads; turns, activities, others, bells, owned, sessions, list, loose.</summary>
    public string[] KeysOf(string instanceId) =>
    [
        Record(instanceId), _tag + "h:" + instanceId, _tag + "i:" + instanceId, _tag + "b:" + instanceId, _tag + "w:" + instanceId, _tag + "p:" + instanceId,
        Indexes[0], Indexes[1], Indexes[2], Indexes[3], Indexes[4], Indexes[5], Indexes[7], Indexes[8],
    ];

    // A brace would end the hash tag, or begin it too early.
    private static string Escape(string appId) => appId
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("{", "%7B", StringComparison.Ordinal)
        .Replace("}", "%7D", StringComparison.Ordinal);
}
