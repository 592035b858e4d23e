using System.Globalization;
using System.Xml.Linq;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>A message of a storage queue.</summary>
/// <param name="Id">Its id.</param>
/// <param name="PopReceipt">The receiver's receipt; empty after a look.</param>
/// <param name="DequeueCount">How often it was received.</param>
/// <param name="Text">Its text.</param>
/// <param name="Times">InsertionTime, ExpirationTime and NextVisibleTime, as far as they are there.</param>
public sealed record StorageMessage(string Id, string PopReceipt, int DequeueCount, string Text, IReadOnlyDictionary<string, DateTimeOffset> Times)
{
    private static readonly string[] TimeNames = ["InsertionTime", "ExpirationTime", "TimeNextVisible"];

    internal static StorageMessage Read(XElement xml) => new(
        (string)xml.Element("MessageId")!,
        (string?)xml.Element("PopReceipt") ?? "",
        (int)xml.Element("DequeueCount")!,
        (string)xml.Element("MessageText")!,
        TimeNames.Where(name => xml.Element(name) is not null).ToDictionary(
            name => name == "TimeNextVisible" ? "NextVisibleTime" : name,
            name => DateTimeOffset.Parse((string)xml.Element(name)!, CultureInfo.InvariantCulture)));
}
