using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Serverless.Backends.Faults;

namespace Serverless.Backends.ServiceBus;

/// <remarks>https://learn.microsoft.com/rest/api/servicebus/create-queue, get-queue. Elements of a description have a fixed order.</remarks>
public sealed partial class ServiceBusServer
{
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";
    private static readonly XNamespace Connect = "http://schemas.microsoft.com/netservices/2010/10/servicebus/connect";

    private static readonly string[] Order =
    [
        "LockDuration", "MaxSizeInMegabytes", "RequiresDuplicateDetection", "RequiresSession", "DefaultMessageTimeToLive", "DeadLetteringOnMessageExpiration",
        "DuplicateDetectionHistoryTimeWindow", "MaxDeliveryCount", "EnableBatchedOperations", "AutoDeleteOnIdle",
    ];

    // The runtime's paths all have a part "messages".
    private static bool IsManagement(HttpRequest request) =>
        request.Query.ContainsKey("api-version") && request.Path.Value?.Contains("/messages", StringComparison.OrdinalIgnoreCase) != true;

    private ServerAnswer Manage(HttpRequest request, string name, byte[] body) => request.Method switch
    {
        "GET" => Atomic(200, _broker.FindReceiver(name) is null ? new XElement(Atom + "feed") : Entry(name)),
        "PUT" => Create(request, name, body),
        _ => throw new BusRefusalException(405, "Queues are described with GET and made with PUT."),
    };

    private ServerAnswer Create(HttpRequest request, string name, byte[] body)
    {
        if (request.ContentType?.StartsWith("application/atom+xml", StringComparison.Ordinal) != true)
        {
            throw BusRefusalException.BadRequest("A description is application/atom+xml.");
        }

        var description = Parse(body);
        var names = description.Elements().Select(element => Array.IndexOf(Order, element.Name.LocalName)).ToList();
        if (names.Contains(-1) || !names.SequenceEqual(names.Order()))
        {
            throw BusRefusalException.BadRequest("The elements of a QueueDescription are unknown, or not in their order.");
        }

        var settings = new QueueSettings(name)
        {
            LockDuration = Time(description, "LockDuration") ?? TimeSpan.FromMinutes(1),
            TimeToLive = Time(description, "DefaultMessageTimeToLive"),
            MaxDeliveryCount = int.Parse(description.Element(Connect + "MaxDeliveryCount")?.Value ?? "10", CultureInfo.InvariantCulture),
        };
        return _broker.AddQueue(settings) ? Atomic(201, Entry(name)) : throw new BusRefusalException(409, "SubCode=40900. The queue exists.");
    }

    private static XElement Parse(byte[] body)
    {
        try
        {
            return XElement.Parse(Encoding.UTF8.GetString(body)).Element(Atom + "content")?.Element(Connect + "QueueDescription")
                ?? throw BusRefusalException.BadRequest("The entry has no QueueDescription.");
        }
        catch (XmlException)
        {
            throw BusRefusalException.BadRequest("The description is no XML.");
        }
    }

    private static TimeSpan? Time(XElement description, string name) => description.Element(Connect + name) is { } element ? XmlConvert.ToTimeSpan(element.Value) : null;

    private static XElement Entry(string name) =>
        new(Atom + "entry", new XElement(Atom + "title", name), new XElement(Atom + "content", new XAttribute("type", "application/xml"), new XElement(Connect + "QueueDescription")));

    private static ServerAnswer Atomic(int status, XElement content) =>
        new(status) { Body = Encoding.UTF8.GetBytes(content.ToString(SaveOptions.DisableFormatting)), ContentType = "application/atom+xml;type=entry;charset=utf-8" };
}
