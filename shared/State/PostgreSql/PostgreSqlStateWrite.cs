namespace Serverless.Components.State.PostgreSql;

/// <summary>One checked operation.</summary>
/// <param name="Set">The write, or null.</param>
/// <param name="Delete">The deletion, or null.</param>
/// <param name="Value">A copy of the value: what the caller no longer waits for may still be sent.</param>
/// <param name="Ttl">Seconds that the value lives, or null.</param>
/// <param name="ETag">The ETag that the entry must have, or null.</param>
internal readonly record struct PostgreSqlStateWrite(StateSet? Set, StateDelete? Delete, byte[] Value, int? Ttl, Guid? ETag)
{
    /// <summary>Why a key can't be one of this store, or null.</summary>
    public static string? KeyComplaint(string key, string operation) =>
        key.Length == 0 ? $"missing key in {operation} operation"
        : key.Contains('\0', StringComparison.Ordinal) ? "PostgreSQL can't store a key that holds the character U+0000"
        : null;

    /// <summary>True when the operation may find that its condition does not hold.</summary>
    public bool IsConditional => ETag is not null || Set is { Options.IsFirstWrite: true };

    /// <summary>The key.</summary>
    public string Key => Set?.Key ?? Delete!.Key;

    /// <summary>How the operation ends when its condition does not hold.</summary>
    public StateResult Refusal => Set is { HasETag: false }
        ? StateResult.Rejected("no item was updated: the key exists, and concurrency is first-write without an etag")
        : StateResult.EtagMismatch();

    /// <summary>Checks an operation; the options of a deletion are not looked at, as in daprd.</summary>
    public static StateResult Check(StateOperation operation, out PostgreSqlStateWrite write)
    {
        write = default;
        if ((operation.Set is { } set ? Check(set, out write) : Check(operation.Delete!, out write)) is { } complaint)
        {
            return StateResult.Rejected(complaint);
        }

        var etag = operation.Set?.ETag ?? operation.Delete?.ETag;
        if (string.IsNullOrEmpty(etag))
        {
            return StateResult.Done;
        }

        if (!Guid.TryParse(etag, out var parsed))
        {
            return StateResult.EtagMismatch("the etag is no UUID");
        }

        write = write with { ETag = parsed };
        return StateResult.Done;
    }

    private static string? Check(StateDelete delete, out PostgreSqlStateWrite write)
    {
        write = new PostgreSqlStateWrite(null, delete, [], null, null);
        return KeyComplaint(delete.Key, "delete");
    }

    private static string? Check(StateSet set, out PostgreSqlStateWrite write)
    {
        write = default;
        if ((KeyComplaint(set.Key, "set") ?? set.Options.Complaint) is { } complaint)
        {
            return complaint;
        }

        if (!StateMetadata.TryReadTtl(set.Metadata, out var ttl, out complaint))
        {
            return complaint;
        }

        write = new PostgreSqlStateWrite(set, null, set.Value.ToArray(), (int?)ttl?.TotalSeconds, null);
        return null;
    }
}
