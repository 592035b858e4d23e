using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.State.AzureTableStorage;

/// <summary>
/// The operations on one key, in order, as one change of its row. It begins with a guess that spares a read where it can, and
/// learns from a refusal.
/// </summary>
internal sealed class TableStateChange(TableKey key, bool hasExtensions)
{
    private const string AnyETag = "*";
    private readonly List<StateOperation> _operations = new(1);
    private TableEntity? _entity;
    private bool _isConditional;
    private bool _isForeignETag;
    private TableStatePresence _presence;
    private string? _etag;

    public TableKey Key => key;

    /// <summary>True when the row's state matters, so that a refusal of another row's change makes it worth a look.</summary>
    public bool Depends => _isConditional || _operations[^1].Set is null;

    /// <summary>Appends a write.</summary>
    /// <param name="set">The write.</param>
    /// <param name="entity">The row it makes.</param>
    public void Add(StateSet set, TableEntity entity)
    {
        _operations.Add(new StateOperation(set));
        _entity = entity;
        _isConditional |= set.HasETag || set.Options.IsFirstWrite;
    }

    /// <summary>Appends a deletion.</summary>
    public void Add(StateDelete delete)
    {
        _operations.Add(new StateOperation(delete));
        _isConditional |= delete.HasETag;
    }

    /// <summary>What to do now.</summary>
    /// <param name="isAlone">No other row changes, so that a refusal for want of a row to delete costs nothing.</param>
    public TableStateStep Next(bool isAlone) => _presence switch
    {
        TableStatePresence.Unknown => Guess(isAlone),
        TableStatePresence.Doubtful => new TableStateStep(NeedsRead: true),
        _ => Judge(),
    };

    /// <summary>Takes in what was read.</summary>
    public void Learn(TableStateRow? row, DateTimeOffset now)
    {
        _presence = row is null ? TableStatePresence.Absent : row.IsExpired(now) ? TableStatePresence.Expired : TableStatePresence.Present;
        _etag = row?.ETag;
    }

    /// <summary>Takes in a refusal; null when it goes on, otherwise why the change is refused.</summary>
    public string? Learn(TableOutcome outcome)
    {
        switch (outcome)
        {
            case TableOutcome.Absent:
                _presence = TableStatePresence.Absent;
                return null;
            case TableOutcome.ForeignETag:
                _isForeignETag = true;
                _presence = TableStatePresence.Unknown;
                return null;
            default:
                Doubt();
                return hasExtensions ? null : Refusal(_operations[^1]);
        }
    }

    /// <summary>Forgets what is known, so that the row is read again.</summary>
    public void Doubt() => _presence = TableStatePresence.Doubtful;

    private static string Refusal(StateOperation operation) => operation.Set switch
    {
        { HasETag: true } set => $"failed to set key {set.Key}: it has another ETag",
        { } set => $"failed to set key {set.Key}: it exists already, and first-write without an ETag only creates",
        _ => $"failed to delete key {operation.Delete!.Key}: it is absent or has another ETag",
    };

    private bool CanBe(string? etag) => !_isForeignETag && (etag == AnyETag || IsEntityTag(etag));

    // RFC 9110, 8.8.3; what is no tag can't be a row's.
    private static bool IsEntityTag(string? etag)
    {
        var tag = etag.AsSpan();
        tag = tag.StartsWith("W/") ? tag[2..] : tag;
        return tag is ['"', .. var opaque, '"'] && !opaque.ContainsAnyExceptInRange('!', '~') && !opaque.Contains('"');
    }

    private TableStateStep Guess(bool isAlone)
    {
        var only = _operations[0];
        if (!_isConditional && _operations[^1].Set is not null)
        {
            return new TableStateStep(TableOperation.InsertOrReplace(_entity!));
        }

        if (_operations.Count > 1)
        {
            return new TableStateStep(NeedsRead: true);
        }

        if (only.Set is { } set)
        {
            // With an ETag that no row has, the write is good for a new row only.
            return new TableStateStep(set.HasETag && CanBe(set.ETag)
                ? TableOperation.Replace(_entity!, TableCondition.ETag(set.ETag!))
                : TableOperation.Insert(_entity!));
        }

        var delete = only.Delete!;
        return delete switch
        {
            { HasETag: false } => isAlone ? new TableStateStep(TableOperation.Delete(key, TableCondition.Exists)) : new TableStateStep(NeedsRead: true),
            { ETag: var etag } when !CanBe(etag) => new TableStateStep(Mismatch: Refusal(only)),

            // An expired row is no row.
            { ETag: var etag } => hasExtensions ? new TableStateStep(NeedsRead: true) : new TableStateStep(TableOperation.Delete(key, TableCondition.ETag(etag!))),
        };
    }

    private TableStateStep Judge()
    {
        var isPresent = _presence == TableStatePresence.Present;
        var etag = _etag;
        foreach (var operation in _operations)
        {
            var holds = operation switch
            {
                { Set: { HasETag: true } set } => !isPresent || set.ETag == etag || set.ETag == AnyETag,
                { Set: { } set } => !isPresent || !set.Options.IsFirstWrite,
                { Delete: { HasETag: true } delete } => isPresent && (delete.ETag == etag || delete.ETag == AnyETag),
                _ => true,
            };
            if (!holds)
            {
                return new TableStateStep(Mismatch: Refusal(operation));
            }

            // What a write of this change makes has an ETag that nobody knows yet.
            isPresent = operation.Set is not null;
            etag = null;
        }

        return new TableStateStep(isPresent ? Write() : Delete());
    }

    private TableOperation Write() =>
        !_isConditional ? TableOperation.InsertOrReplace(_entity!)
        : _presence == TableStatePresence.Absent ? TableOperation.Insert(_entity!)
        : TableOperation.Replace(_entity!, TableCondition.ETag(_etag!));

    // What has expired is left to the cleanup.
    private TableOperation? Delete() =>
        _presence != TableStatePresence.Present ? null
        : TableOperation.Delete(key, _isConditional ? TableCondition.ETag(_etag!) : TableCondition.Exists);
}
