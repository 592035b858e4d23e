using System.Text.Json;

namespace Serverless.Components.Workflows.History;

/// <summary>Reads chunks.</summary>
internal static partial class HistoryCodec
{
    /// <summary>Keys of the texts of a chunk that are stored apart; cheap, and nothing for nearly all chunks.</summary>
    /// <exception cref="WorkflowHistoryException">The chunk is damaged.</exception>
    public static IReadOnlyList<string> PayloadKeys(ReadOnlyMemory<byte> chunk)
    {
        if (!chunk.Span.StartsWith("{\"v\":1,\"p\":["u8))
        {
            return [];
        }

        return Guarded(chunk, payloads: null, static (ref Utf8JsonReader reader, IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? _) =>
        {
            ReadHead(ref reader, out var keys);
            return keys;
        });
    }

    /// <summary>Decodes a chunk.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="payloads">At least the payloads of <see cref="PayloadKeys"/>.</param>
    /// <exception cref="WorkflowHistoryException">The chunk is damaged, or a payload is missing.</exception>
    public static IReadOnlyList<HistoryEvent> Decode(ReadOnlyMemory<byte> chunk, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> payloads) =>
        Guarded(chunk, payloads, static (ref Utf8JsonReader reader, IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? apart) =>
        {
            ReadHead(ref reader, out _);
            var events = new List<HistoryEvent>();
            Expect(reader.TokenType == JsonTokenType.StartArray);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                events.Add(new EventFields(apart!).ReadEvent(ref reader));
            }

            Expect(reader.TokenType == JsonTokenType.EndArray && reader.Read() && reader.TokenType == JsonTokenType.EndObject && !reader.Read());
            return events;
        });

    /// <summary>Reads up to the events.</summary>
    private static void ReadHead(ref Utf8JsonReader reader, out IReadOnlyList<string> keys)
    {
        keys = [];
        Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject);
        Expect(reader.Read() && reader.ValueTextEquals("v"u8) && reader.Read());
        if (reader.GetInt32() != Version)
        {
            throw new WorkflowHistoryException($"stored history is of version {reader.GetInt32()}, which this program does not read");
        }

        Expect(reader.Read() && reader.TokenType == JsonTokenType.PropertyName);
        if (reader.ValueTextEquals("p"u8))
        {
            var found = new List<string>();
            Expect(reader.Read() && reader.TokenType == JsonTokenType.StartArray);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                found.Add(reader.GetString() ?? throw Damaged());
            }

            keys = found;
            Expect(reader.Read() && reader.TokenType == JsonTokenType.PropertyName);
        }

        Expect(reader.ValueTextEquals("e"u8) && reader.Read());
    }

    /// <summary>Goes on only with what a writer could have written.</summary>
    internal static void Expect(bool isSound)
    {
        if (!isSound)
        {
            throw Damaged();
        }
    }

    /// <summary>The text of a payload.</summary>
    internal static string TextOf(ReadOnlySpan<byte> utf8) => StrictUtf8.GetString(utf8);

    private static WorkflowHistoryException Damaged() => new("stored history is damaged");

    private static T Guarded<T>(ReadOnlyMemory<byte> chunk, IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? payloads, Reading<T> read)
    {
        try
        {
            var reader = new Utf8JsonReader(chunk.Span, new JsonReaderOptions { MaxDepth = 256 });
            return read(ref reader, payloads);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new WorkflowHistoryException("stored history is damaged", e);
        }
    }

    private delegate T Reading<T>(ref Utf8JsonReader reader, IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? payloads);
}
