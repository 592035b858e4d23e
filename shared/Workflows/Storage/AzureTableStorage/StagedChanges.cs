using System.Text;
using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>Changes of an instance's rows as bytes, so that they can be kept before they are made.</summary>
internal static class StagedChanges
{
    private const byte Deletion = 0;
    private const byte Insertion = 1;
    private const byte Replacement = 2;

    /// <summary>Writes changes, which are insertions, and replacements and deletions without a condition on content.</summary>
    public static byte[] Write(IReadOnlyList<TableOperation> operations)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(operations.Count);
        foreach (var operation in operations)
        {
            writer.Write(operation.Verb switch { TableVerb.Delete => Deletion, TableVerb.Insert => Insertion, _ => Replacement });
            writer.Write(operation.Key.RowKey);
            writer.Write(operation.Properties.Count);
            foreach (var (name, value) in operation.Properties)
            {
                writer.Write(name);
                Write(writer, value);
            }
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads changes.</summary>
    public static List<TableOperation> Read(string partition, byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        var count = reader.ReadInt32();
        List<TableOperation> operations = new(count);
        for (var at = 0; at < count; at++)
        {
            var verb = reader.ReadByte();
            var key = new TableKey(partition, reader.ReadString());
            var properties = new List<TableProperty>(reader.ReadInt32());
            for (var left = properties.Capacity; left > 0; left--)
            {
                properties.Add(reader.ReadString(), Value(reader));
            }

            operations.Add(verb switch
            {
                Deletion => TableOperation.Delete(key, TableCondition.Exists),
                Insertion => TableOperation.Insert(new TableEntity(key, properties)),
                _ => TableOperation.Replace(new TableEntity(key, properties), TableCondition.Exists),
            });
        }

        return operations;
    }

    private static void Write(BinaryWriter writer, TableValue value)
    {
        writer.Write((byte)value.Type);
        switch (value.Type)
        {
            case TableType.String:
                writer.Write(value.Text);
                break;
            case TableType.Int32:
                writer.Write(value.Int32);
                break;
            case TableType.Int64:
                writer.Write(value.Int64);
                break;
            case TableType.Boolean:
                writer.Write(value.Boolean);
                break;
            case TableType.Guid:
                writer.Write(value.Guid.ToByteArray());
                break;
            case TableType.Binary:
                writer.Write(value.Binary.Length);
                writer.Write(value.Binary.Span);
                break;
            default:
                throw new InvalidOperationException($"rows of workflows have no properties of type {value.Type}");
        }
    }

    private static TableValue Value(BinaryReader reader) => (TableType)reader.ReadByte() switch
    {
        TableType.String => reader.ReadString(),
        TableType.Int32 => reader.ReadInt32(),
        TableType.Int64 => reader.ReadInt64(),
        TableType.Boolean => reader.ReadBoolean(),
        TableType.Guid => new Guid(reader.ReadBytes(16)),
        TableType.Binary => TableValue.FromBytes(reader.ReadBytes(reader.ReadInt32())),
        var type => throw new WorkflowStoreException($"staged rows of a workflow in Table Storage are damaged: type {type}"),
    };
}
