using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Serverless.Components.Bindings.AzureBlobStorage;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BlobListPayload))]
[JsonSerializable(typeof(BlobBulkGetPayload))]
[JsonSerializable(typeof(BlobBulkGetResult[]))]
[JsonSerializable(typeof(BlobBulkCreatePayload))]
[JsonSerializable(typeof(BlobBulkCreateResult[]))]
[JsonSerializable(typeof(BlobBulkDeletePayload))]
[JsonSerializable(typeof(BlobBulkDeleteResult[]))]
[JsonSerializable(typeof(BlobCreateResult))]
[JsonSerializable(typeof(BlobPresignResult))]
internal sealed partial class BlobPayloadJson : JsonSerializerContext
{
    /// <summary>The data of a request; null when it has none.</summary>
    /// <exception cref="BindingException">It is something else.</exception>
    public static T? Read<T>(BindingRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(request.Data.Span, type);
        }
        catch (JsonException fault)
        {
            throw new BindingException($"error parsing {request.Operation} payload: {fault.Message}", fault);
        }
    }
}
