using System.Globalization;
using System.Xml;

namespace Serverless.Components.Clients.AzureStorage.Queues;

/// <summary>Reads a <c>QueueMessagesList</c>; elements it does not know are passed over.</summary>
internal static class QueueXml
{
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true };

    /// <summary>Reads the messages.</summary>
    /// <exception cref="XmlException">It is not XML.</exception>
    /// <exception cref="FormatException">A number or time is none, or a message has no id.</exception>
    public static List<QueueMessage> Read(Stream content)
    {
        using var reader = XmlReader.Create(content, Settings);
        var messages = new List<QueueMessage>();
        while (reader.ReadToFollowing("QueueMessage"))
        {
            messages.Add(ReadMessage(reader));
        }

        return messages;
    }

    /// <summary>A time in the form of RFC 1123.</summary>
    public static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static QueueMessage ReadMessage(XmlReader reader)
    {
        var message = new QueueMessage { Id = "" };
        using var inner = reader.ReadSubtree();
        inner.ReadStartElement();
        while (!inner.EOF)
        {
            if (inner.NodeType != XmlNodeType.Element)
            {
                inner.Read();
                continue;
            }

            message = inner.LocalName switch
            {
                "MessageId" => message with { Id = Text(inner) },
                "PopReceipt" => message with { PopReceipt = Text(inner) },
                "MessageText" => message with { Text = Text(inner) },
                "DequeueCount" => message with { DequeueCount = int.Parse(Text(inner), NumberStyles.None, CultureInfo.InvariantCulture) },
                "InsertionTime" => message with { InsertedOn = Time(Text(inner)) },
                "ExpirationTime" => message with { ExpiresOn = Time(Text(inner)) },
                "TimeNextVisible" => message with { NextVisibleOn = Time(Text(inner)) },
                _ => Skip(inner, message),
            };
        }

        return message.Id.Length > 0 ? message : throw new FormatException("a message has no MessageId");
    }

    private static string Text(XmlReader element) => element.ReadElementContentAsString();

    private static QueueMessage Skip(XmlReader element, QueueMessage message)
    {
        element.Skip();
        return message;
    }
}
