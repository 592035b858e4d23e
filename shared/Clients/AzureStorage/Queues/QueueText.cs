using System.Globalization;
using System.Text;
using System.Xml;

namespace Serverless.Components.Clients.AzureStorage.Queues;

/// <summary>What can be a message's text.</summary>
internal static class QueueText
{
    /// <summary>Most bytes of a message in UTF-8.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>Why a text can't be sent; null when it can.</summary>
    public static string? Fault(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > MostBytes)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the message has {bytes} bytes; a queue takes {MostBytes}");
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
            {
                i++;
            }
            else if (!XmlConvert.IsXmlChar(text[i]))
            {
                return string.Create(CultureInfo.InvariantCulture, $"the message has the character U+{(int)text[i]:X4}, which XML can't hold; send it as Base64");
            }
        }

        return null;
    }
}
