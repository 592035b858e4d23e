using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <content>Payloads, and the repair.</content>
internal sealed partial class RedisWorkflowStore
{
    private const int MostMendedAtOnce = 100;
    private const int MostMendedInOneRepair = 2000;

    private readonly string[] _mended;

    /// <inheritdoc/>
    public async ValueTask PutPayloadAsync(string instanceId, string key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        await ExecuteAsync(
            Run(RedisWorkflowScripts.PutPayload, instanceId, instanceId, key, payload, RedisWorkItem.Time(_options.Time.GetUtcNow())),
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> GetPayloadAsync(string instanceId, string key, CancellationToken cancellationToken) =>
        (await ExecuteAsync(RedisCommand.On(RedisCommandName.HGet, BucketOf(instanceId).Payloads + instanceId, key), cancellationToken)).ToBulk();

    /// <inheritdoc/>
    public async ValueTask TrimPayloadsAsync(string instanceId, string prefix, IReadOnlyCollection<string> keep, CancellationToken cancellationToken)
    {
        RedisArgument[] arguments = [instanceId, prefix, .. keep.Where(key => key.StartsWith(prefix, StringComparison.Ordinal))];
        await ExecuteAsync(Run(RedisWorkflowScripts.TrimPayloads, instanceId, arguments), cancellationToken);
    }

    /// <summary>
    /// Removes payloads whose instance was never made, frees items of owners that no session knows, and puts items back that an index has lost, for some
    /// instances each time. No change of the store leaves any of this behind but the first; it is for keys that were removed by other means.
    /// </summary>
    public async ValueTask RepairAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        for (var number = 0; number < _buckets.Length; number++)
        {
            var bucket = _buckets[number];
            await ExecuteAsync(
                RedisCommand.Run(
                    RedisWorkflowScripts.RemoveLoose, bucket.Indexes, bucket.Items, bucket.Records, bucket.Payloads, RedisWorkItem.Time(now - LoosePayloads.Age), MostFreedAtOnce),
                cancellationToken);
            var orphans = Parse(
                await ExecuteAsync(RedisCommand.Run(RedisWorkflowScripts.FindOrphans, bucket.Indexes), cancellationToken),
                (ref RespReader reader) => ReadTexts(ref reader));
            foreach (var owner in orphans.Distinct(StringComparer.Ordinal))
            {
                await EndSessionsAsync(bucket, owner, default, cancellationToken);
            }

            await MendAsync(number, cancellationToken);
        }
    }

    private async Task MendAsync(int number, CancellationToken cancellationToken)
    {
        var bucket = _buckets[number];
        for (var count = 0; count < MostMendedInOneRepair / _buckets.Length; count += MostMendedAtOnce)
        {
            var from = _mended[number];
            var command = RedisCommand.Run(
                RedisWorkflowScripts.Mend, bucket.Indexes, bucket.Items, bucket.Records, from.Length == 0 ? "-" : "(" + from, MostMendedAtOnce);
            _mended[number] = (await ExecuteAsync(command, cancellationToken)).ToText() ?? "";
            if (_mended[number].Length == 0)
            {
                return;
            }
        }
    }
}
