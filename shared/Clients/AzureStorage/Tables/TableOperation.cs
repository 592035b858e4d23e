namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>A change of one row, sent by itself or in a batch.</summary>
/// <remarks>
/// Only the operations that are called so come without a condition: a forgotten one would turn an update into a blind write.
/// </remarks>
internal sealed record TableOperation
{
    private TableOperation(TableVerb verb, TableKey key, IReadOnlyList<TableProperty> properties, TableCondition? condition)
    {
        (Verb, Key, Properties, Condition) = (verb, key, properties, condition);
        TableLimits.Check(key, properties);
    }

    public TableVerb Verb { get; }

    public TableKey Key { get; }

    /// <summary>Empty for a deletion.</summary>
    public IReadOnlyList<TableProperty> Properties { get; }

    /// <summary>Null for an insertion, and where the row need not be there.</summary>
    public TableCondition? Condition { get; }

    /// <summary>The operation's name in messages.</summary>
    public string Name => (Verb, Condition) switch
    {
        (TableVerb.Insert, _) => "insert",
        (TableVerb.Replace, null) => "insert-or-replace",
        (TableVerb.Replace, _) => "replace",
        (TableVerb.Merge, null) => "insert-or-merge",
        (TableVerb.Merge, _) => "merge",
        _ => "delete",
    };

    /// <summary>Makes a row that is not there yet.</summary>
    /// <exception cref="TableLimitException">The service would refuse the row; so with all that follow.</exception>
    public static TableOperation Insert(TableEntity entity) => new(TableVerb.Insert, entity.Key, entity.Properties, null);

    /// <summary>Gives a row that is there these properties and no others.</summary>
    public static TableOperation Replace(TableEntity entity, TableCondition condition) => new(TableVerb.Replace, entity.Key, entity.Properties, condition);

    /// <summary>Makes a row, or gives it these properties and no others.</summary>
    public static TableOperation InsertOrReplace(TableEntity entity) => new(TableVerb.Replace, entity.Key, entity.Properties, null);

    /// <summary>Sets properties of a row that is there. No property can be removed so.</summary>
    public static TableOperation Merge(TableEntity entity, TableCondition condition) => new(TableVerb.Merge, entity.Key, entity.Properties, condition);

    /// <summary>Makes a row, or sets properties of it.</summary>
    public static TableOperation InsertOrMerge(TableEntity entity) => new(TableVerb.Merge, entity.Key, entity.Properties, null);

    /// <summary>Removes a row that is there.</summary>
    public static TableOperation Delete(TableKey key, TableCondition condition) => new(TableVerb.Delete, key, [], condition);
}
