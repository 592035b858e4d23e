using System.Buffers;
using System.Text.RegularExpressions;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>What the service takes. Checked here, because emulators are lenient and the service's own words name no culprit.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model.</remarks>
internal static partial class TableLimits
{
    /// <summary>Most UTF-16 units of a partition key or a row key.</summary>
    public const int KeyLength = 512;

    /// <summary>Most UTF-16 units of a string.</summary>
    public const int StringLength = 32 * 1024;

    /// <summary>Most bytes of a binary value.</summary>
    public const int BinaryLength = 64 * 1024;

    /// <summary>Most bytes of a row, counted as the service does.</summary>
    public const int EntitySize = 1024 * 1024;

    /// <summary>Most properties of a row; the two keys and the time are not counted.</summary>
    public const int Properties = 252;

    /// <summary>Most operations of a batch.</summary>
    public const int BatchOperations = 100;

    /// <summary>Most bytes of a batch's request.</summary>
    public const int BatchSize = 4 * 1024 * 1024;

    /// <summary>Most comparisons of a filter.</summary>
    public const int Comparisons = 15;

    /// <summary>Most rows of a page.</summary>
    public const int PageSize = 1000;

    private const int PropertyNameLength = 255;
    private static readonly DateTimeOffset FirstTime = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What the service refuses in a key: <c>/ \ # ?</c>, U+0000 to U+001F and U+007F to U+009F.</summary>
    public static SearchValues<char> IllegalKeyCharacters { get; } = SearchValues.Create(
        [.. "/\\#?", .. Enumerable.Range(0, 0x20).Select(code => (char)code), .. Enumerable.Range(0x7F, 0x21).Select(code => (char)code)]);

    /// <summary>Checks a table's name.</summary>
    public static bool IsTableName(string name) => TableName().IsMatch(name) && !name.Equals("tables", StringComparison.OrdinalIgnoreCase);

    /// <summary>What is wrong with the keys; null when nothing is. The keys themselves are not quoted.</summary>
    public static string? Complaint(TableKey key) => Complaint("PartitionKey", key.PartitionKey) ?? Complaint("RowKey", key.RowKey);

    /// <summary>Checks a row.</summary>
    /// <exception cref="TableLimitException">The service would refuse it.</exception>
    public static void Check(TableKey key, IReadOnlyList<TableProperty> properties)
    {
        if (Complaint(key) is { } complaint)
        {
            throw new TableLimitException(complaint);
        }

        if (properties.Count > Properties)
        {
            throw new TableLimitException($"a row can't have more than {Properties} properties, and this has {properties.Count}");
        }

        // 4 bytes for the row; the times and flags of the service are in it.
        var size = 4L + (2 * (key.PartitionKey.Length + key.RowKey.Length));
        foreach (var (name, value) in properties)
        {
            CheckName(name);
            size += 8 + (2 * name.Length) + SizeOf(name, value);
        }

        if (size > EntitySize)
        {
            throw new TableLimitException($"a row can't have more than {EntitySize} bytes (1 MiB), and this has {size}");
        }
    }

    private static string? Complaint(string which, string text) =>
        text.Length > KeyLength ? $"the {which} has {text.Length} characters, and Table Storage takes {KeyLength}"
        : UnicodeText.HasHalfCharacter(text) ? $"the {which} must be valid Unicode"
        : text.AsSpan().IndexOfAny(IllegalKeyCharacters) is >= 0 and var at ? $"the {which} holds the character U+{(int)text[at]:X4}, and Table Storage takes no / \\ # ? or control characters there"
        : null;

    private static void CheckName(string name)
    {
        if (name.Length is 0 or > PropertyNameLength || !PropertyName().IsMatch(name) || name is "PartitionKey" or "RowKey" or "Timestamp")
        {
            throw new TableLimitException($"'{name}' can't be a property's name: it is a letter or _, then letters, digits and _, {PropertyNameLength} at most");
        }
    }

    private static int SizeOf(string name, TableValue value)
    {
        switch (value.Type)
        {
            case TableType.String:
                var length = value.Length;
                return length <= StringLength ? 4 + (2 * length) : throw TooLong(name, $"{length} UTF-16 units", $"{StringLength}");
            case TableType.Binary:
                return value.Bytes.Length <= BinaryLength ? 4 + value.Bytes.Length : throw TooLong(name, $"{value.Bytes.Length} bytes", $"{BinaryLength}");
            case TableType.DateTime when value.DateTime < FirstTime:
                throw new TableLimitException($"property '{name}': times before 1601 can't be stored");
            case TableType.Guid:
                return 16;
            case TableType.Boolean:
                return 1;
            case TableType.Int32:
                return 4;
            default:
                return 8;
        }
    }

    private static TableLimitException TooLong(string name, string length, string limit) =>
        new($"property '{name}' has {length}, and Table Storage takes {limit} (64 KiB)");

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9]{2,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TableName();

    [GeneratedRegex(@"^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}\p{Cf}]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PropertyName();
}
