using System.Buffers;
using System.Text.Json;

namespace Serverless.Functions.Http;

/// <summary>A failed API call as Dapr reports it: the short form, or the rich one when there are details.</summary>
internal sealed record DaprError(int Status, string Code, string Message)
{
    public IReadOnlyList<ErrorDetail> Details { get; init; } = [];

    /// <summary>How Dapr prints this error inside another message.</summary>
    public static string Embedded(string message) => $"api error: code = InvalidArgument desc = {message}";

    public static DaprError Malformed(string message) => new(StatusCodes.Status400BadRequest, "ERR_MALFORMED_REQUEST", message);

    /// <summary>The body could not be read in full by an API that reads it before decoding.</summary>
    public static DaprError BodyRead(string fault) =>
        new(StatusCodes.Status400BadRequest, "ERR_BODY_READ", $"failed to read request body: {fault}");

    public static DaprError Internal(string code, string message) => new(StatusCodes.Status500InternalServerError, code, message);

    public ReadOnlyMemory<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer, GoJsonEncoder.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("errorCode"u8, Code);
        writer.WriteString("message"u8, Message);
        if (Details.Count > 0)
        {
            writer.WriteStartArray("details"u8);
            foreach (var detail in Details)
            {
                detail.Write(writer);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
