using System.Globalization;
using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>Reads and writes the properties of a row.</summary>
internal static class WorkflowTableRow
{
    /// <summary>Adds bytes of any length that a row can hold, in as many properties as it takes.</summary>
    public static void Add(this List<TableProperty> properties, string name, ReadOnlyMemory<byte> bytes)
    {
        properties.Add(new TableProperty(name + "Size", bytes.Length));
        for (var (start, part) = (0, 0); start < bytes.Length; start += TableLimits.BinaryLength, part++)
        {
            properties.Add(new TableProperty(Part(name, part), TableValue.FromBytes(bytes.Slice(start, Math.Min(TableLimits.BinaryLength, bytes.Length - start)))));
        }
    }

    /// <summary>Adds a property.</summary>
    public static void Add(this List<TableProperty> properties, string name, TableValue value) => properties.Add(new TableProperty(name, value));

    /// <summary>Reads bytes; empty when there are none.</summary>
    /// <exception cref="WorkflowStoreException">A part is missing.</exception>
    public static ReadOnlyMemory<byte> Bytes(this TableEntity row, string name)
    {
        var size = row.TryGet(name + "Size", out var value) ? value.Int32 : 0;
        if (size == 0)
        {
            return default;
        }

        if (size <= TableLimits.BinaryLength)
        {
            return Part(row, name, 0);
        }

        var whole = new byte[size];
        for (var (start, part) = (0, 0); start < size; start += TableLimits.BinaryLength, part++)
        {
            Part(row, name, part).Span.CopyTo(whole.AsSpan(start));
        }

        return whole;
    }

    /// <summary>Reads a text; empty when there is none.</summary>
    public static string Text(this TableEntity row, string name) => row.TryGet(name, out var value) ? value.Text : "";

    /// <summary>Reads a number; 0 when there is none.</summary>
    public static int Int32(this TableEntity row, string name) => row.TryGet(name, out var value) ? value.Int32 : 0;

    /// <summary>Reads a number; 0 when there is none.</summary>
    public static long Int64(this TableEntity row, string name) => row.TryGet(name, out var value) ? value.Int64 : 0;

    /// <summary>Reads an id; empty when there is none.</summary>
    public static Guid Guid(this TableEntity row, string name) => row.TryGet(name, out var value) ? value.Guid : System.Guid.Empty;

    /// <summary>Reads a mark; false when there is none.</summary>
    public static bool Flag(this TableEntity row, string name) => row.TryGet(name, out var value) && value.Boolean;

    /// <summary>Reads a time that was written as ticks, which no service rounds.</summary>
    public static DateTimeOffset Time(this TableEntity row, string name) => new(row.Int64(name), TimeSpan.Zero);

    private static string Part(string name, int part) => part == 0 ? name : name + part.ToString(CultureInfo.InvariantCulture);

    private static ReadOnlyMemory<byte> Part(TableEntity row, string name, int part) =>
        row.TryGet(Part(name, part), out var value) ? value.Binary : throw new WorkflowStoreException($"a row of a workflow in Table Storage is damaged: property '{Part(name, part)}' is missing");
}
