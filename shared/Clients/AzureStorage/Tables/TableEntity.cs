using System.Diagnostics.CodeAnalysis;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>A row.</summary>
/// <param name="Key">Its keys.</param>
/// <param name="Properties">Its own properties.</param>
internal sealed record TableEntity(TableKey Key, IReadOnlyList<TableProperty> Properties)
{
    /// <summary>The version, as the service spells it; null in a row that was not read.</summary>
    public string? ETag { get; init; }

    /// <summary>When the service wrote it; null in a row that was not read, or read without that property.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Finds a property by its exact name.</summary>
    public bool TryGet(string name, [MaybeNullWhen(false)] out TableValue value)
    {
        foreach (var property in Properties)
        {
            if (property.Name == name)
            {
                value = property.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Reads the row that a reader stands at, whole.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is damaged.</exception>
    public static TableEntity Read(ref TableEntityReader reader)
    {
        string partitionKey = "", rowKey = "";
        DateTimeOffset? timestamp = null;
        List<TableProperty> properties = [];
        while (reader.Read())
        {
            if (reader.IsNamed("PartitionKey"u8))
            {
                partitionKey = reader.Value().Text;
            }
            else if (reader.IsNamed("RowKey"u8))
            {
                rowKey = reader.Value().Text;
            }
            else if (reader.IsNamed("Timestamp"u8))
            {
                timestamp = reader.DateTime();
            }
            else
            {
                properties.Add(new TableProperty(reader.Name(), reader.Value()));
            }
        }

        return new TableEntity(new TableKey(partitionKey, rowKey), properties) { ETag = reader.ETag, Timestamp = timestamp };
    }
}
