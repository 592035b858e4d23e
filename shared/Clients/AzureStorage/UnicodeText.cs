using System.Buffers;
using System.Text;

namespace Serverless.Components.Clients.AzureStorage;

/// <summary>Names in addresses must be valid Unicode: a half character would be sent as U+FFFD, and so mean another object.</summary>
internal static class UnicodeText
{
    /// <summary>True when a half of a surrogate pair stands alone.</summary>
    public static bool HasHalfCharacter(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var at)
        {
            text = text[at..];
            if (Rune.DecodeFromUtf16(text, out _, out var length) != OperationStatus.Done)
            {
                return true;
            }

            text = text[length..];
        }

        return false;
    }
}
