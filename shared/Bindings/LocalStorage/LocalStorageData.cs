using System.Buffers;
using System.Buffers.Text;

namespace Serverless.Components.Bindings.LocalStorage;

/// <summary>What a call's data puts into the file.</summary>
internal static class LocalStorageData
{
    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t"u8);

    /// <summary>A JSON string's text, else the data itself; then, when all of that is base64, what it encodes.</summary>
    /// <remarks>Go: base64.StdEncoding, which skips line ends and nothing else.</remarks>
    public static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> data)
    {
        var text = BindingData.Unquote(data);
        if (text.Span.ContainsAny(Blanks))
        {
            return text;
        }

        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Base64.DecodeFromUtf8(text.Span, decoded, out _, out var length) == OperationStatus.Done ? decoded.AsMemory(0, length) : text;
    }
}
