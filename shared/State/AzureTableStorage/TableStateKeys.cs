using System.Globalization;
using System.Text;
using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.State.AzureTableStorage;

/// <summary>Where a key's row is.</summary>
/// <remarks>
/// As in daprd what stands before the only <c>||</c> is the partition, and what stands behind it is the row; without one, all is the
/// partition. With extensions, what stands before the last of several is the partition (daprd drops the rest, so that keys collide),
/// and a text that the service does not take is escaped: <c>||</c>, then the text with <c>~</c> and two hex digits for <c>~</c> and
/// each character that is not allowed. As <c>||</c> parts keys, daprd never writes a text that begins so: whatever it
/// has stored keeps its place, and no two keys share one.
/// </remarks>
internal sealed class TableStateKeys(bool hasExtensions, bool isCosmos)
{
    private const string Separator = StateKeyPrefix.Separator;
    private const char Escape = '~';
    private const string CosmosEmptyRowKey = "_dapr_empty_row_key_value_";

    /// <summary>The keys of the row.</summary>
    public TableKey Map(string key)
    {
        var end = key.IndexOf(Separator, StringComparison.Ordinal);
        if (end < 0)
        {
            return new TableKey(Encode(key), EmptyRow);
        }

        var row = end + Separator.Length;
        var next = key.IndexOf(Separator, row, StringComparison.Ordinal);
        if (next >= 0 && !hasExtensions)
        {
            return new TableKey(key[..end], EmptyRow);
        }

        for (; next >= 0; next = key.IndexOf(Separator, row, StringComparison.Ordinal))
        {
            (end, row) = (next, next + Separator.Length);
        }

        return new TableKey(Encode(key[..end]), Encode(key[row..]));
    }

    private string EmptyRow => isCosmos ? CosmosEmptyRowKey : "";

    private string Encode(string text)
    {
        if (!hasExtensions || (text.AsSpan().IndexOfAny(TableLimits.IllegalKeyCharacters) < 0 && !text.StartsWith(Separator, StringComparison.Ordinal)))
        {
            return text;
        }

        var escaped = new StringBuilder(Separator, text.Length + 16);
        foreach (var character in text)
        {
            if (character == Escape || TableLimits.IllegalKeyCharacters.Contains(character))
            {
                escaped.Append(CultureInfo.InvariantCulture, $"{Escape}{(int)character:X2}");
            }
            else
            {
                escaped.Append(character);
            }
        }

        return escaped.ToString();
    }
}
