using System.Text;
using System.Text.Unicode;
using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.State.AzureTableStorage;

/// <summary>A stored value as a row, in daprd's columns where they suffice.</summary>
/// <remarks>
/// <c>Value</c> is a string with the JSON text. What a string can't hold, because it is too large or no text, is binary there, and goes
/// on in <c>Value1</c>, <c>Value2</c> and so on; daprd says of such a row that it expected a string. <c>ExpiresAt</c> is there when
/// the value expires.
/// </remarks>
/// <param name="Value">The value; null when the row has none.</param>
/// <param name="ETag">The row's version.</param>
/// <param name="ExpiresAt">When it expires, or null.</param>
internal sealed record TableStateRow(byte[]? Value, string? ETag, DateTimeOffset? ExpiresAt)
{
    /// <summary>The column of the expiry.</summary>
    public const string ExpiresAtColumn = "ExpiresAt";

    private const string ValueColumn = "Value";

    /// <summary>Makes the row of a value.</summary>
    /// <exception cref="TableLimitException">A row can't hold it.</exception>
    public static TableEntity Create(TableKey key, StateSet set, DateTimeOffset? expiresAt, bool hasExtensions)
    {
        List<TableProperty> properties = new(2);
        if (IsShortText(set))
        {
            properties.Add(new TableProperty(ValueColumn, TableValue.FromUtf8(set.Value)));
        }
        else if (!hasExtensions && set.Value.Length > TableLimits.BinaryLength)
        {
            throw TooLarge(set, "bytes");
        }
        else if (!hasExtensions && Utf8.IsValid(set.Value.Span))
        {
            throw TooLarge(set, "bytes of text");
        }
        else
        {
            for (var start = 0; start == 0 || start < set.Value.Length; start += TableLimits.BinaryLength)
            {
                var length = Math.Min(TableLimits.BinaryLength, set.Value.Length - start);
                properties.Add(new TableProperty(Column(start / TableLimits.BinaryLength), TableValue.FromBytes(set.Value.Slice(start, length))));
            }
        }

        if (expiresAt is { } time)
        {
            properties.Add(new TableProperty(ExpiresAtColumn, time));
        }

        return new TableEntity(key, properties);
    }

    /// <summary>Reads a row.</summary>
    /// <exception cref="InvalidDataException">Its value is neither text nor binary, or a part of it is missing.</exception>
    public static TableStateRow Read(ref TableEntityReader reader)
    {
        byte[]? value = null;
        var isBinary = false;
        DateTimeOffset? expiresAt = null;
        SortedList<int, byte[]>? parts = null;
        while (reader.Read())
        {
            if (reader.IsNamed("Value"u8))
            {
                isBinary = reader.IsAnnotated(TableType.Binary);
                value = reader.Bytes() ?? throw new InvalidDataException($"expected string in column '{ValueColumn}'");
            }
            else if (reader.IsNamed("ExpiresAt"u8))
            {
                expiresAt = reader.DateTime();
            }
            else if (reader.IsAnnotated(TableType.Binary) && Part(reader.Name()) is > 0 and var part)
            {
                (parts ??= [])[part] = reader.Bytes() ?? throw new InvalidDataException($"expected base64 in column '{Column(part)}'");
            }
            else
            {
                reader.Skip();
            }
        }

        // Beside a text such columns are somebody else's.
        return new TableStateRow(value is null || parts is null || !isBinary ? value : Join(value, parts), reader.ETag, expiresAt);
    }

    /// <summary>True from the moment that it expires.</summary>
    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;

    private static bool IsShortText(StateSet set)
    {
        var value = set.Value.Span;
        return (!set.IsBinary || Utf8.IsValid(value)) && (value.Length <= TableLimits.StringLength || Encoding.UTF8.GetCharCount(value) <= TableLimits.StringLength);
    }

    private static TableLimitException TooLarge(StateSet set, string unit) =>
        new($"the value has {set.Value.Length} {unit}; a column of Table Storage holds 64 KiB, that is {TableLimits.StringLength} UTF-16 units of text; with the component's metadata extensions=\"true\" larger ones are split");

    private static string Column(int part) => part == 0 ? ValueColumn : $"{ValueColumn}{part}";

    // Which part of the value a column holds; 0 when none.
    private static int Part(string column) =>
        column.StartsWith(ValueColumn, StringComparison.Ordinal) && int.TryParse(column.AsSpan(ValueColumn.Length), out var part) && column == Column(part) ? part : 0;

    private static byte[] Join(byte[] first, SortedList<int, byte[]> rest)
    {
        for (var part = 1; part <= rest.Count; part++)
        {
            if (rest.Keys[part - 1] != part)
            {
                throw new InvalidDataException($"column '{Column(part)}' is missing");
            }
        }

        var whole = new byte[first.Length + rest.Values.Sum(part => part.Length)];
        first.CopyTo(whole, 0);
        var end = first.Length;
        foreach (var part in rest.Values)
        {
            part.CopyTo(whole, end);
            end += part.Length;
        }

        return whole;
    }
}
