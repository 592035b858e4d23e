using System.Text;

namespace Serverless.Components.Bindings.AzureStorageQueues;

/// <summary>What a message's text and the event's bytes make of each other.</summary>
internal static class StorageQueueText
{
    /// <summary>The text to send for an event: Base64 of the bytes, or the bytes as UTF-8.</summary>
    public static string Write(ReadOnlyMemory<byte> data, bool isBase64) => isBase64 ? Convert.ToBase64String(data.Span) : Encoding.UTF8.GetString(data.Span);

    /// <summary>The bytes behind a text that should be Base64; false leaves the text's own.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> text, out ReadOnlyMemory<byte> bytes)
    {
        bytes = text;

        // The runtime passes over blanks, which Base64 does not have: it would take words for it.
        if (text.Span.ContainsAny((byte)' ', (byte)'\t'))
        {
            return false;
        }

        var decoded = new byte[text.Length];
        if (!Convert.TryFromBase64String(Encoding.UTF8.GetString(text.Span), decoded, out var length))
        {
            return false;
        }

        bytes = decoded.AsMemory(0, length);
        return true;
    }
}
