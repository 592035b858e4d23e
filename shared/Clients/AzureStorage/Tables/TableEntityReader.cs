using System.Globalization;
using System.Text.Json;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>Walks over the properties of a row in JSON with minimal metadata.</summary>
/// <remarks>
/// https://learn.microsoft.com/rest/api/storageservices/payload-format-for-table-service-operations. A type stands before its
/// property as <c>Name@odata.type</c>, and is left out where the JSON shows it: a number with a dot or an exponent is a Double.
/// Properties that are null count as absent.
/// </remarks>
internal ref struct TableEntityReader
{
    private Utf8JsonReader _json;
    private TableType? _annotated;
    private int _annotation;

    private TableEntityReader(Utf8JsonReader json) => _json = json;

    /// <summary>The row's version, once it has been passed; the service puts it before the properties.</summary>
    public string? ETag { get; private set; }

    /// <summary>Where the JSON goes on behind the row.</summary>
    public readonly Utf8JsonReader Json => _json;

    /// <summary>Begins with the row that is the whole text.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static TableEntityReader Over(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? new TableEntityReader(reader) : throw new JsonException("a row is expected");
    }

    /// <summary>Begins with the row whose opening brace was read last.</summary>
    public static TableEntityReader At(Utf8JsonReader json) => new(json);

    /// <summary>Goes to the next property; false at the row's end.</summary>
    /// <exception cref="JsonException">The row is damaged.</exception>
    public bool Read()
    {
        while (true)
        {
            Next();
            if (_json.TokenType == JsonTokenType.EndObject)
            {
                return false;
            }

            if (_json.ValueTextEquals("odata.etag"u8))
            {
                Next();
                ETag = _json.GetString();
            }
            else if (_json.ValueSpan.EndsWith("@odata.type"u8))
            {
                ReadType();
            }
            else if (_json.ValueSpan.StartsWith("odata."u8) || _json.ValueSpan.Contains((byte)'@'))
            {
                Next();
                _json.Skip();
            }
            else if (!IsNull())
            {
                return true;
            }
        }
    }

    /// <summary>Compares the property's name.</summary>
    public readonly bool IsNamed(ReadOnlySpan<byte> name) => _json.ValueTextEquals(name);

    /// <summary>The property's name.</summary>
    public readonly string Name() => _json.GetString()!;

    /// <summary>Reads the property's value.</summary>
    /// <exception cref="JsonException">It is none of the type it says.</exception>
    public TableValue Value()
    {
        Next();
        try
        {
            return (_annotated, _json.TokenType) switch
            {
                (null or TableType.String, JsonTokenType.String) => _json.GetString()!,
                (null or TableType.Boolean, JsonTokenType.True or JsonTokenType.False) => _json.GetBoolean(),
                (null or TableType.Double, JsonTokenType.Number) when IsDouble() => _json.GetDouble(),
                (null or TableType.Int32, JsonTokenType.Number) => _json.GetInt32(),
                (TableType.Int64, JsonTokenType.String) => long.Parse(_json.ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
                (TableType.Double, JsonTokenType.Number) => _json.GetDouble(),
                (TableType.Double, JsonTokenType.String) => ReadSpecial(),
                (TableType.DateTime, JsonTokenType.String) => _json.GetDateTimeOffset().ToUniversalTime(),
                (TableType.Guid, JsonTokenType.String) => _json.GetGuid(),
                (TableType.Binary, JsonTokenType.String) => TableValue.FromBytes(_json.GetBytesFromBase64()),
                _ => throw Damaged(),
            };
        }
        catch (Exception fault) when (fault is FormatException or OverflowException)
        {
            throw Damaged();
        }
    }

    /// <summary>Reads a string's UTF-8, or a binary value; null when it is of another type, and then it is passed.</summary>
    public byte[]? Bytes()
    {
        Next();
        if (_json.TokenType != JsonTokenType.String || _annotated is not (null or TableType.String or TableType.Binary))
        {
            _json.Skip();
            return null;
        }

        if (_annotated == TableType.Binary)
        {
            return _json.TryGetBytesFromBase64(out var binary) ? binary : throw Damaged();
        }

        if (!_json.ValueIsEscaped)
        {
            return _json.ValueSpan.ToArray();
        }

        var text = new byte[_json.ValueSpan.Length];
        return text[.._json.CopyString(text)];
    }

    /// <summary>Reads a time, whether or not its type is told; the service's own <c>Timestamp</c> has none.</summary>
    public DateTimeOffset? DateTime()
    {
        Next();
        if (_json.TokenType != JsonTokenType.String)
        {
            _json.Skip();
            return null;
        }

        return _json.TryGetDateTimeOffset(out var time) ? time.ToUniversalTime() : null;
    }

    /// <summary>True when the property is annotated as this type.</summary>
    public readonly bool IsAnnotated(TableType type) => _annotated == type;

    /// <summary>Passes the property.</summary>
    public void Skip()
    {
        Next();
        _json.Skip();
    }

    private void Next()
    {
        // The type holds for the property right behind it.
        if (_annotation > 0 && --_annotation == 0)
        {
            _annotated = null;
        }

        if (!_json.Read())
        {
            throw new JsonException("a row ends too early");
        }
    }

    private void ReadType()
    {
        Next();
        _annotated = _json.TokenType == JsonTokenType.String && _json.ValueSpan.StartsWith("Edm."u8)
            && Enum.TryParse<TableType>(_json.GetString().AsSpan(4), out var type) ? type : throw Damaged();

        // Name, value, and what follows.
        _annotation = 3;
    }

    private bool IsNull()
    {
        var ahead = _json;
        if (!ahead.Read())
        {
            throw new JsonException("a row ends too early");
        }

        if (ahead.TokenType != JsonTokenType.Null)
        {
            return false;
        }

        Next();
        return true;
    }

    private readonly bool IsDouble() => _json.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0;

    private readonly double ReadSpecial() => _json.GetString() switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ => throw Damaged(),
    };

    private static JsonException Damaged() => new("a property is not of the type that it says");
}
