using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Serverless.Functions.Http;

/// <summary>
/// Reads one JSON value by the rules of Go's decoder: member names without case, null is absent, what follows the value is
/// ignored. Everything else that does not fit is a <see cref="JsonException"/> that says what was expected and where.
/// </summary>
/// <remarks>Go: encoding/json.</remarks>
internal ref struct JsonInput
{
    public const int DeepestNesting = 10_000;
    private readonly ReadOnlySpan<byte> _utf8;
    private Utf8JsonReader _reader;

    public JsonInput(ReadOnlySpan<byte> utf8)
    {
        // Like Go, bad UTF-8 becomes replacement characters instead of reaching a store.
        _utf8 = Utf8.IsValid(utf8) ? utf8 : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8));

        // Not "final", so that the reader tells a truncated text from a wrong one.
        _reader = new Utf8JsonReader(_utf8, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = DeepestNesting }));
    }

    /// <summary>Reads the first token.</summary>
    public void Begin()
    {
        if (_utf8.TrimStart(" \t\r\n"u8).IsEmpty)
        {
            throw new JsonException("EOF");
        }

        if (_utf8.TrimStart(" \t\r\n"u8)[0] is (byte)'-' or (>= (byte)'0' and <= (byte)'9'))
        {
            throw new JsonException("expected an array or an object, got a number");
        }

        Read();
    }

    /// <summary>Enters an array; false for null.</summary>
    public bool BeginArray(string what) => Begin(JsonTokenType.StartArray, "an array", what);

    /// <summary>Enters an object; false for null.</summary>
    public bool BeginObject(string what) => Begin(JsonTokenType.StartObject, "an object", what);

    /// <summary>Moves to the next element; false at the end of the array.</summary>
    public bool NextElement()
    {
        Read();
        return _reader.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>Moves to the next member's name; false at the end of the object.</summary>
    public bool NextMember()
    {
        Read();
        return _reader.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Whether the current member has that (lower-case ASCII) name.</summary>
    public bool IsNamed(ReadOnlySpan<byte> name) =>
        _reader.ValueIsEscaped ? Ascii.EqualsIgnoreCase(Encoding.UTF8.GetBytes(Text("a member name")), name) : Ascii.EqualsIgnoreCase(_reader.ValueSpan, name);

    /// <summary>The current member's name.</summary>
    public string Name() => Text("a member name");

    /// <summary>Moves from a member's name to its value.</summary>
    public void ToValue() => Read();

    /// <summary>Moves to a member's value and skips it.</summary>
    public void SkipMember()
    {
        Read();
        Skip();
    }

    /// <summary>The current value as text; null stays null.</summary>
    public string? NullableString(string what) => _reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String => Text(what),
        _ => throw Unexpected("a string", what),
    };

    /// <summary>The current value as a whole number; null is zero.</summary>
    public long WholeNumber(string what)
    {
        if (_reader.TokenType == JsonTokenType.Null)
        {
            return 0;
        }

        return _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out var number) ? number : throw Unexpected("a whole number", what);
    }

    /// <summary>The current value as a map of strings; null stays null, and a null inside is the empty string.</summary>
    /// <param name="what">Its name, for messages.</param>
    /// <param name="known">What the member held before: given twice, the maps are merged.</param>
    public Dictionary<string, string>? StringMap(string what, Dictionary<string, string>? known)
    {
        if (!BeginObject(what))
        {
            return null;
        }

        var map = known ?? new Dictionary<string, string>(StringComparer.Ordinal);
        while (NextMember())
        {
            var name = Name();
            ToValue();
            map[name] = NullableString(what) ?? "";
        }

        return map;
    }

    /// <summary>The text of the current value, exactly as it stands in the input.</summary>
    public ReadOnlySpan<byte> Raw()
    {
        var start = (int)_reader.TokenStartIndex;
        Skip();
        return _utf8[start..(int)_reader.BytesConsumed];
    }

    private readonly string Text(string what)
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new JsonException($"{what} at byte {_reader.TokenStartIndex} holds half of a surrogate pair");
        }
    }

    private readonly JsonException Unexpected(string expected, string what)
    {
        var got = _reader.TokenType switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.String => "a string",
            JsonTokenType.Number => "a number",
            _ => "a bool",
        };
        return new JsonException($"expected {expected} for {what} at byte {_reader.TokenStartIndex}, got {got}");
    }

    private readonly bool Begin(JsonTokenType token, string expected, string what) =>
        _reader.TokenType == token || (_reader.TokenType == JsonTokenType.Null ? false : throw Unexpected(expected, what));

    private void Read()
    {
        if (!_reader.Read())
        {
            throw new JsonException("unexpected EOF");
        }
    }

    private void Skip()
    {
        if (!_reader.TrySkip())
        {
            throw new JsonException("unexpected EOF");
        }
    }
}
