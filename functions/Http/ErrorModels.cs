using System.Text.Json;

namespace Serverless.Functions.Http;

/// <summary>One entry of an error's <c>details</c>; members are written in the order Dapr sends them.</summary>
internal abstract record ErrorDetail
{
    private const string TypePrefix = "type.googleapis.com/google.rpc.";

    protected abstract string Kind { get; }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("@type"u8, TypePrefix + Kind);
        WriteMembers(writer);
        writer.WriteEndObject();
    }

    protected abstract void WriteMembers(Utf8JsonWriter writer);
}

internal sealed record ErrorInfo(string Reason, IReadOnlyDictionary<string, string>? Metadata = null) : ErrorDetail
{
    protected override string Kind => "ErrorInfo";

    protected override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("domain"u8, "dapr.io"u8);
        if (Metadata is null)
        {
            writer.WriteNull("metadata"u8);
        }
        else
        {
            writer.WriteStartObject("metadata"u8);
            foreach (var (name, value) in Metadata.OrderBy(item => item.Key, StringComparer.Ordinal))
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        writer.WriteString("reason"u8, Reason);
    }
}

internal sealed record ResourceInfo(string ResourceType, string ResourceName) : ErrorDetail
{
    protected override string Kind => "ResourceInfo";

    protected override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("description"u8, ""u8);
        writer.WriteString("owner"u8, ""u8);
        writer.WriteString("resource_name"u8, ResourceName);
        writer.WriteString("resource_type"u8, ResourceType);
    }
}

/// <summary>One field violation, whose members Dapr's encoder keeps in this order.</summary>
internal sealed record BadRequest(string Field, string Description) : ErrorDetail
{
    protected override string Kind => "BadRequest";

    protected override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("field_violations"u8);
        writer.WriteStartObject();
        writer.WriteString("field"u8, Field);
        writer.WriteString("description"u8, Description);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }
}

internal sealed record HelpLink(string Description, string Url) : ErrorDetail
{
    protected override string Kind => "Help";

    protected override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("links"u8);
        writer.WriteStartObject();
        writer.WriteString("description"u8, Description);
        writer.WriteString("url"u8, Url);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }
}
