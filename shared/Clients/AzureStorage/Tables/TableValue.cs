using System.Text;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>A property's value with its type.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model, "Property types".</remarks>
internal readonly struct TableValue
{
    private readonly long _bits;
    private readonly string? _text;
    private readonly Guid _guid;

    private TableValue(TableType type, long bits = 0, string? text = null, ReadOnlyMemory<byte> bytes = default, Guid guid = default)
    {
        Type = type;
        _bits = bits;
        _text = text;
        Bytes = bytes;
        _guid = guid;
    }

    public TableType Type { get; }

    /// <summary>Binary content, or a string's UTF-8 where it was given so.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>True for a string that is kept as UTF-8.</summary>
    public bool IsUtf8 => Type == TableType.String && _text is null;

    /// <summary>How many UTF-16 units a string has.</summary>
    public int Length => _text?.Length ?? Encoding.UTF8.GetCharCount(Bytes.Span);

    public string Text => Type == TableType.String ? _text ?? Encoding.UTF8.GetString(Bytes.Span) : throw Other(TableType.String);

    public int Int32 => Type == TableType.Int32 ? (int)_bits : throw Other(TableType.Int32);

    public long Int64 => Type == TableType.Int64 ? _bits : throw Other(TableType.Int64);

    public double Double => Type == TableType.Double ? BitConverter.Int64BitsToDouble(_bits) : throw Other(TableType.Double);

    public bool Boolean => Type == TableType.Boolean ? _bits != 0 : throw Other(TableType.Boolean);

    public DateTimeOffset DateTime => Type == TableType.DateTime ? new DateTimeOffset(_bits, TimeSpan.Zero) : throw Other(TableType.DateTime);

    public Guid Guid => Type == TableType.Guid ? _guid : throw Other(TableType.Guid);

    public ReadOnlyMemory<byte> Binary => Type == TableType.Binary ? Bytes : throw Other(TableType.Binary);

    public static implicit operator TableValue(string value) => new(TableType.String, text: value);

    public static implicit operator TableValue(int value) => new(TableType.Int32, value);

    public static implicit operator TableValue(long value) => new(TableType.Int64, value);

    public static implicit operator TableValue(double value) => new(TableType.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator TableValue(bool value) => new(TableType.Boolean, value ? 1 : 0);

    public static implicit operator TableValue(DateTimeOffset value) => new(TableType.DateTime, value.UtcTicks);

    public static implicit operator TableValue(Guid value) => new(TableType.Guid, guid: value);

    /// <summary>A string whose UTF-8 is at hand; it must not change while the value is in use.</summary>
    public static TableValue FromUtf8(ReadOnlyMemory<byte> text) => new(TableType.String, bytes: text);

    /// <summary>Bytes; they must not change while the value is in use.</summary>
    public static TableValue FromBytes(ReadOnlyMemory<byte> bytes) => new(TableType.Binary, bytes: bytes);

    private InvalidOperationException Other(TableType asked) => new($"the property is {Type}, not {asked}");
}
