using System.Text;

namespace Serverless.Functions.Hosting;

/// <summary>How header values become text. In Go they are bytes, and any are accepted.</summary>
internal static class HeaderEncoding
{
    /// <summary>Headers that are text: compared with text from elsewhere, or shown.</summary>
    private static readonly string[] Texts = ["If-Match", "dapr-app-id", "User-Agent"];

    /// <summary>Latin-1 keeps every byte, also those that are no UTF-8.</summary>
    public static Encoding? OfRequest(string name) => IsText(name) ? Encoding.UTF8 : Encoding.Latin1;

    /// <summary>UTF-8, for ETags; the name can't be asked, because Kestrel leaves it out when it writes.</summary>
    public static Encoding? OfResponse(string name) => Encoding.UTF8;

    private static bool IsText(string name)
    {
        foreach (var text in Texts)
        {
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
