using System.Globalization;
using System.Text;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>Which rows a query gives. A row without the property matches no comparison with it.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/querying-tables-and-entities.</remarks>
internal sealed record TableFilter
{
    private readonly int _comparisons;

    private TableFilter(string text, int comparisons)
    {
        (Text, _comparisons) = (text, comparisons);
        if (comparisons > TableLimits.Comparisons)
        {
            throw new TableLimitException($"a filter can't have more than {TableLimits.Comparisons} comparisons");
        }
    }

    /// <summary>The expression, not encoded for an address.</summary>
    public string Text { get; }

    /// <summary>Rows whose property compares so. The value must have the type that is stored.</summary>
    /// <param name="name">A property or a key.</param>
    /// <param name="comparison"><c>eq</c>, <c>ne</c>, <c>gt</c>, <c>ge</c>, <c>lt</c> or <c>le</c>.</param>
    /// <param name="value">What with.</param>
    public static TableFilter Where(string name, string comparison, TableValue value) => new($"{name} {comparison} {Literal(value)}", 1);

    /// <summary>The rows of one partition.</summary>
    public static TableFilter Partition(string partitionKey) => Where("PartitionKey", "eq", partitionKey);

    /// <summary>Rows of one partition whose row key starts so.</summary>
    public static TableFilter RowPrefix(string partitionKey, string prefix)
    {
        var from = Partition(partitionKey).And(Where("RowKey", "ge", prefix));
        return Following(prefix) is { } end ? from.And(Where("RowKey", "lt", end)) : from;
    }

    /// <summary>Both hold.</summary>
    /// <exception cref="TableLimitException">These are too many comparisons.</exception>
    public TableFilter And(TableFilter other) => new($"({Text}) and ({other.Text})", _comparisons + other._comparisons);

    /// <summary>One of them holds.</summary>
    /// <exception cref="TableLimitException">These are too many comparisons.</exception>
    public TableFilter Or(TableFilter other) => new($"({Text}) or ({other.Text})", _comparisons + other._comparisons);

    // The smallest text behind all those that start so; null when there is none.
    private static string? Following(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToList();
        for (var last = runes.Count - 1; last >= 0; last--)
        {
            var next = runes[last].Value switch { 0x10FFFF => 0, 0xD7FF => 0xE000, var code => code + 1 };
            if (next > 0)
            {
                return string.Concat(runes.Take(last).Append(new Rune(next)));
            }
        }

        return null;
    }

    private static string Literal(TableValue value) => value.Type switch
    {
        TableType.String => $"'{value.Text.Replace("'", "''", StringComparison.Ordinal)}'",
        TableType.Int32 => value.Int32.ToString(CultureInfo.InvariantCulture),
        TableType.Int64 => $"{value.Int64.ToString(CultureInfo.InvariantCulture)}L",
        TableType.Double => DoubleLiteral(value.Double),
        TableType.Boolean => value.Boolean ? "true" : "false",
        TableType.DateTime => $"datetime'{TableEntityWriter.Format(value.DateTime)}'",
        TableType.Guid => $"guid'{value.Guid:D}'",
        _ => $"X'{Convert.ToHexStringLower(value.Binary.Span)}'",
    };

    // Without a dot or an exponent it would be an Int32.
    private static string DoubleLiteral(double value)
    {
        var text = double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : throw new TableLimitException("a filter can't compare with what is no number");
        return text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }
}
