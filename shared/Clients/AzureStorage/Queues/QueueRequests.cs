using System.Globalization;
using System.Text;
using System.Xml;
using Azure.Core;

namespace Serverless.Components.Clients.AzureStorage.Queues;

/// <summary>The requests to one queue.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/queue-service-rest-api.</remarks>
/// <param name="endpoint">The queue service.</param>
/// <param name="queue">A valid name.</param>
internal sealed class QueueRequests(Uri endpoint, string queue)
{
    private const string Version = "2021-12-02";
    private static readonly XmlWriterSettings Xml = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        NewLineHandling = NewLineHandling.Entitize,
        OmitXmlDeclaration = true,
    };

    private readonly string _queue = $"{endpoint.AbsoluteUri.TrimEnd('/')}/{queue}";

    /// <summary><c>PUT /queue</c>, and <c>DELETE /queue</c>.</summary>
    public void Queue(Request request) => Address(request, "");

    /// <summary><c>GET /queue?comp=metadata</c>.</summary>
    public void Metadata(Request request) => Address(request, "?comp=metadata");

    /// <summary><c>POST /queue/messages</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="text">The text, as it is.</param>
    /// <param name="visibility">After how long the message can be received.</param>
    /// <param name="timeToLive">After how long it is dropped; null means never.</param>
    public void Put(Request request, string text, TimeSpan visibility, TimeSpan? timeToLive)
    {
        var lifetime = timeToLive is { } time ? Seconds(time) : "-1";
        Address(request, $"/messages?visibilitytimeout={Seconds(visibility)}&messagettl={lifetime}");
        Body(request, text);
    }

    /// <summary><c>GET /queue/messages</c>.</summary>
    public void Get(Request request, int count, TimeSpan visibility) =>
        Address(request, string.Create(CultureInfo.InvariantCulture, $"/messages?numofmessages={count}&visibilitytimeout={Seconds(visibility)}"));

    /// <summary><c>GET /queue/messages?peekonly=true</c>.</summary>
    public void Peek(Request request, int count) =>
        Address(request, string.Create(CultureInfo.InvariantCulture, $"/messages?peekonly=true&numofmessages={count}"));

    /// <summary><c>DELETE /queue/messages</c>.</summary>
    public void Clear(Request request) => Address(request, "/messages");

    /// <summary><c>PUT /queue/messages/id</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="id">The message.</param>
    /// <param name="popReceipt">Its latest receipt.</param>
    /// <param name="visibility">After how long others can receive it.</param>
    /// <param name="text">A new text; null leaves it.</param>
    public void Update(Request request, string id, string popReceipt, TimeSpan visibility, string? text)
    {
        Address(request, $"/messages/{Uri.EscapeDataString(id)}?popreceipt={Uri.EscapeDataString(popReceipt)}&visibilitytimeout={Seconds(visibility)}");
        if (text is not null)
        {
            Body(request, text);
        }
    }

    /// <summary><c>DELETE /queue/messages/id</c>.</summary>
    public void Delete(Request request, string id, string popReceipt) =>
        Address(request, $"/messages/{Uri.EscapeDataString(id)}?popreceipt={Uri.EscapeDataString(popReceipt)}");

    private void Address(Request request, string target)
    {
        request.Uri.Reset(new Uri(_queue + target));
        request.Headers.SetValue("x-ms-version", Version);
    }

    // Rounded up: what a caller may rely on lasts at least as long.
    private static string Seconds(TimeSpan time) => ((long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private static void Body(Request request, string text)
    {
        var body = new MemoryStream();
        using (var writer = XmlWriter.Create(body, Xml))
        {
            writer.WriteStartElement("QueueMessage");
            writer.WriteElementString("MessageText", text);
            writer.WriteEndElement();
        }

        request.Headers.SetValue("Content-Type", "application/xml");
        request.Content = RequestContent.Create(body.GetBuffer().AsMemory(0, (int)body.Length));
    }
}
