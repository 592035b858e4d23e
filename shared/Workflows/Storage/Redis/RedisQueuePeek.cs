using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <summary>What a claim would find in a bucket.</summary>
/// <param name="OwnedTurns">Items of kind turn that sessions have.</param>
/// <param name="OwnedActivities">Activities that sessions have.</param>
/// <param name="Turns">Free turns that are due.</param>
/// <param name="Activities">Free activities that are due.</param>
/// <param name="Others">Other free items that are due.</param>
/// <param name="Next">When the next free item is due that is not due yet; null when there is none.</param>
internal readonly record struct RedisQueuePeek(int OwnedTurns, int OwnedActivities, int Turns, int Activities, int Others, DateTimeOffset? Next)
{
    /// <summary>Reads it in that order.</summary>
    public static RedisQueuePeek Read(ref RespReader reader)
    {
        reader.ReadArray();
        return new RedisQueuePeek(
            (int)reader.ReadInteger(),
            (int)reader.ReadInteger(),
            (int)reader.ReadInteger(),
            (int)reader.ReadInteger(),
            (int)reader.ReadInteger(),
            RedisWorkItem.ReadTime(reader.ReadBulk().GetValueOrDefault().Span));
    }

    /// <summary>True when there is something for a claim.</summary>
    public bool Has(WorkClaim claim) =>
        (claim.MostTurns > 0 && (Others > 0 || (Turns > 0 && (claim.MostTurnsOfAll is not { } turns || turns > OwnedTurns))))
        || (claim.MostActivities > 0 && Activities > 0 && (claim.MostActivitiesOfAll is not { } activities || activities > OwnedActivities));
}
