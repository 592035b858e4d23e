using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Serverless.Components.Workflows.History;

/// <summary>Events as stored bytes: chunks of compact JSON, with large texts apart.</summary>
/// <remarks>
/// A chunk is <c>{"v":1,"p":[keys],"e":[events]}</c>, without <c>p</c> where no text is apart. A text is a JSON string; <c>{"p":key}</c> when it
/// is apart as UTF-8; <c>{"u":base64}</c> or <c>{"q":key}</c> when it is no proper Unicode, and then as UTF-16.
/// </remarks>
internal static partial class HistoryCodec
{
    /// <summary>Longest text in a chunk, in bytes of UTF-8.</summary>
    public const int MostInlineBytes = 32 * 1024;

    /// <summary>Most bytes of a chunk: as many as a store takes.</summary>
    public const int MostChunkBytes = 48 * 1024;

    private const int Version = 1;
    private static readonly int[] SmallerInlineBytes = [4 * 1024, 512, 64];
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Encodes events.</summary>
    /// <param name="events">The events.</param>
    /// <param name="keyPrefix">Begins the keys of texts that are stored apart; makes them unique per attempt.</param>
    /// <param name="payloads">Gets the texts that are to be stored apart, by key.</param>
    /// <param name="mostInlineBytes">Longest text that stays, in bytes of UTF-8.</param>
    /// <returns>Chunks, in order; each can be read without the others.</returns>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Encode(
        IReadOnlyList<HistoryEvent> events, string keyPrefix, IDictionary<string, ReadOnlyMemory<byte>> payloads, int mostInlineBytes = MostInlineBytes)
    {
        var chunks = new List<ReadOnlyMemory<byte>>();
        var body = new ArrayBufferWriter<byte>(1024);
        var keys = new List<string>();
        var one = new EventWriter(keyPrefix);
        var keyBytes = 0;
        foreach (var each in events)
        {
            one.Write(each, mostInlineBytes);
            for (var i = 0; i < SmallerInlineBytes.Length && one.ChunkBytes > MostChunkBytes; i++)
            {
                one.Write(each, Math.Min(mostInlineBytes, SmallerInlineBytes[i]));
            }

            if (body.WrittenCount > 0 && body.WrittenCount + keyBytes + one.ChunkBytes > MostChunkBytes)
            {
                chunks.Add(Chunk(keys, body.WrittenSpan));
                body.ResetWrittenCount();
                keys.Clear();
                keyBytes = 0;
            }

            if (body.WrittenCount > 0)
            {
                body.Write(","u8);
            }

            body.Write(one.Written);
            foreach (var (key, payload) in one.Accept())
            {
                payloads.Add(key, payload);
                keys.Add(key);
            }

            keyBytes += one.KeyBytes;
        }

        if (body.WrittenCount > 0)
        {
            chunks.Add(Chunk(keys, body.WrittenSpan));
        }

        return chunks;
    }

    private static ReadOnlyMemory<byte> Chunk(List<string> keys, ReadOnlySpan<byte> body)
    {
        var chunk = new ArrayBufferWriter<byte>(body.Length + 64);
        chunk.Write("{\"v\":1,"u8);
        if (keys.Count > 0)
        {
            chunk.Write("\"p\":["u8);
            for (var i = 0; i < keys.Count; i++)
            {
                chunk.Write(i == 0 ? "\""u8 : ",\""u8);
                chunk.Write(JsonEncodedText.Encode(keys[i]).EncodedUtf8Bytes);
                chunk.Write("\""u8);
            }

            chunk.Write("],"u8);
        }

        chunk.Write("\"e\":["u8);
        chunk.Write(body);
        chunk.Write("]}"u8);
        return chunk.WrittenMemory;
    }
}
