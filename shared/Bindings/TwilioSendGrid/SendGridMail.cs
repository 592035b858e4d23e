using System.Text;
using System.Text.Json;

namespace Serverless.Components.Bindings.TwilioSendGrid;

/// <summary>The body of <c>POST /v3/mail/send</c>.</summary>
/// <remarks>SendGrid docs: api-reference/mail-send/mail-send. Each value comes from the call, else from the component.</remarks>
internal static class SendGridMail
{
    private const string From = "emailFrom";
    private const string FromName = "emailFromName";
    private const string To = "emailTo";
    private const string ToName = "emailToName";
    private const string Subject = "subject";
    private const string Cc = "emailCc";
    private const string Bcc = "emailBcc";
    private const string TemplateId = "dynamicTemplateId";
    private const string TemplateData = "dynamicTemplateData";

    /// <summary>The names that component and calls share.</summary>
    public static IReadOnlyList<string> Names { get; } = [From, FromName, To, ToName, Subject, Cc, Bcc, TemplateId, TemplateData];

    /// <summary>The JSON text.</summary>
    /// <exception cref="BindingException">Sender, receiver or subject is missing, or the template's data is no JSON object.</exception>
    public static byte[] Write(BindingRequest request, IReadOnlyDictionary<string, string> defaults)
    {
        string? Value(string name) => request.Text(name) ?? defaults.GetValueOrDefault(name);

        var from = Value(From) ?? throw new BindingException("error SendGrid from email not supplied");
        var to = Value(To) ?? throw new BindingException("error SendGrid to email not supplied");
        var subject = Value(Subject) ?? throw new BindingException("error SendGrid subject not supplied");
        var template = Value(TemplateId);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("from");
            WriteAddress(writer, from, NameBeside(request, defaults, From, FromName));
            writer.WriteStartArray("personalizations");
            writer.WriteStartObject();
            WriteAddresses(writer, "to", to, NameBeside(request, defaults, To, ToName));
            WriteAddresses(writer, "cc", Value(Cc), null);
            WriteAddresses(writer, "bcc", Value(Bcc), null);
            writer.WriteString("subject", subject);
            if (Value(TemplateData) is { } data)
            {
                writer.WritePropertyName("dynamic_template_data");
                WriteObject(writer, data);
            }

            writer.WriteEndObject();
            writer.WriteEndArray();
            WriteContent(writer, request.Data);
            if (template is not null)
            {
                writer.WriteString("template_id", template);
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    // A call that names another address does not inherit the name of the component's.
    private static string? NameBeside(BindingRequest request, IReadOnlyDictionary<string, string> defaults, string address, string name) =>
        request.Text(address) is null ? defaults.GetValueOrDefault(name) : request.Text(name);

    private static void WriteAddresses(Utf8JsonWriter writer, string member, string? address, string? name)
    {
        if (address is not null)
        {
            writer.WriteStartArray(member);
            WriteAddress(writer, address, name);
            writer.WriteEndArray();
        }
    }

    private static void WriteAddress(Utf8JsonWriter writer, string address, string? name)
    {
        writer.WriteStartObject();
        if (name is not null)
        {
            writer.WriteString("name", name);
        }

        writer.WriteString("email", address);
        writer.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter writer, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                document.RootElement.WriteTo(writer);
                return;
            }
        }
        catch (JsonException)
        {
            // Told below, without the text.
        }

        throw new BindingException($"error from SendGrid binding: {TemplateData} is not a JSON object");
    }

    private static void WriteContent(Utf8JsonWriter writer, ReadOnlyMemory<byte> data)
    {
        writer.WriteStartArray("content");
        writer.WriteStartObject();
        writer.WriteString("type", "text/html");
        writer.WriteString("value", Encoding.UTF8.GetString(BindingData.Unquote(data).Span));
        writer.WriteEndObject();
        writer.WriteEndArray();
    }
}
