using System.Globalization;
using System.Text;
using System.Xml;

namespace Serverless.Components.Clients.AzureServiceBus;

/// <summary>How a queue is to be made; null leaves a setting to the service.</summary>
internal sealed record ServiceBusQueueDescription
{
    private const string AtomNamespace = "http://www.w3.org/2005/Atom";
    private const string ServiceNamespace = "http://schemas.microsoft.com/netservices/2010/10/servicebus/connect";

    private static readonly XmlWriterSettings Xml = new() { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), OmitXmlDeclaration = true };

    /// <summary>How long a received message is locked.</summary>
    public TimeSpan? LockDuration { get; init; }

    /// <summary>After how long a message is dropped.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>After how many deliveries a message is dead.</summary>
    public int? MaxDeliveryCount { get; init; }

    /// <summary>After how long without use the queue is deleted.</summary>
    public TimeSpan? AutoDeleteOnIdle { get; init; }

    /// <summary>The description as an Atom entry; the service insists on this order of the elements.</summary>
    public byte[] ToAtom()
    {
        using var text = new MemoryStream();
        using (var writer = XmlWriter.Create(text, Xml))
        {
            writer.WriteStartElement("entry", AtomNamespace);
            writer.WriteStartElement("content", AtomNamespace);
            writer.WriteAttributeString("type", "application/xml");
            writer.WriteStartElement("QueueDescription", ServiceNamespace);
            Write(writer, "LockDuration", LockDuration);
            Write(writer, "DefaultMessageTimeToLive", TimeToLive);
            if (MaxDeliveryCount is { } count)
            {
                writer.WriteElementString("MaxDeliveryCount", ServiceNamespace, count.ToString(CultureInfo.InvariantCulture));
            }

            Write(writer, "AutoDeleteOnIdle", AutoDeleteOnIdle);
        }

        return text.ToArray();
    }

    private static void Write(XmlWriter writer, string name, TimeSpan? value)
    {
        if (value is { } time)
        {
            writer.WriteElementString(name, ServiceNamespace, XmlConvert.ToString(time));
        }
    }
}
