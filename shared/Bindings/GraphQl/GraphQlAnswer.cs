using System.Runtime.InteropServices;
using System.Text.Json;
using Serverless.Components.Clients.WebCalls;

namespace Serverless.Components.Bindings.GraphQl;

/// <summary>Reads what a GraphQL server answers.</summary>
/// <remarks>GraphQL specification, section 7.1; GraphQL over HTTP: an answer of errors may come with any status.</remarks>
internal static class GraphQlAnswer
{
    // As deep as Go reads.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 10_000 };
    private static readonly ReadOnlyMemory<byte> Nothing = "null"u8.ToArray();

    /// <summary>The JSON text of <c>data</c>.</summary>
    /// <exception cref="BindingException">The answer holds errors, of which the first is told, or is none.</exception>
    public static ReadOnlyMemory<byte> Data(WebAnswer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body, Deep);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object)
            {
                if (FirstError(root) is { } error)
                {
                    throw new BindingException($"GraphQL Error: graphql: {error}");
                }

                if (answer.IsSuccess)
                {
                    return root.TryGetProperty("data", out var data) ? JsonMarshal.GetRawUtf8Value(data).ToArray() : Nothing;
                }
            }
        }
        catch (JsonException)
        {
            // An answer of something else on the way; its status tells more than its text.
        }

        throw new BindingException(answer.IsSuccess ? "GraphQL Error: decoding response: it is not a JSON object" : $"GraphQL Error: graphql: server returned a non-200 status code: {answer.Status}");
    }

    private static string? FirstError(JsonElement root)
    {
        if (!root.TryGetProperty("errors", out var errors) || errors.ValueKind != JsonValueKind.Array || errors.GetArrayLength() == 0)
        {
            return null;
        }

        var first = errors[0];
        return first.ValueKind == JsonValueKind.Object && first.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String
            ? message.GetString()
            : "an error without a message";
    }
}
