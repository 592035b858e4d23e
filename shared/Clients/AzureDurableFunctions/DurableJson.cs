using System.Globalization;
using System.Text.Json;

namespace Serverless.Components.Clients.AzureDurableFunctions;

/// <summary>Reads the answers of the management API.</summary>
internal static class DurableJson
{
    // Deeper than the extension's own parser goes.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 1024 };

    /// <summary>An orchestration.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static DurableInstance ReadInstance(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, Options);
        return ReadInstance(document.RootElement);
    }

    /// <summary>A list of them.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static IReadOnlyList<DurableInstance> ReadList(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, Options);
        return document.RootElement.ValueKind == JsonValueKind.Array
            ? [.. document.RootElement.EnumerateArray().Select(ReadInstance)]
            : throw new FormatException("it is no list");
    }

    /// <summary>The id that the answer to a start confirms, or null.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static string? ReadStartedId(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, Options);
        return document.RootElement.ValueKind == JsonValueKind.Object ? Text(document.RootElement, "id") : null;
    }

    private static DurableInstance ReadInstance(JsonElement element) => element.ValueKind != JsonValueKind.Object
        ? throw new FormatException("it is no orchestration")
        : new DurableInstance
        {
            Name = Text(element, "name") ?? "",
            InstanceId = Text(element, "instanceId") ?? throw new FormatException("it has no instanceId"),
            RuntimeStatus = Text(element, "runtimeStatus") ?? throw new FormatException("it has no runtimeStatus"),
            CreatedTime = Time(element, "createdTime") ?? throw new FormatException("it has no createdTime"),
            LastUpdatedTime = Time(element, "lastUpdatedTime") ?? throw new FormatException("it has no lastUpdatedTime"),
            Input = Json(element, "input"),
            Output = Json(element, "output"),
            CustomStatus = Json(element, "customStatus"),
            History = element.TryGetProperty("historyEvents", out var history) && history.ValueKind == JsonValueKind.Array
                ? [.. history.EnumerateArray().Select(ReadEvent)]
                : [],
        };

    private static DurableEvent ReadEvent(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("its history has something that is no event");
        }

        // A worker of its own process gives the failure as an object, one inside the host as two texts.
        var failure = element.TryGetProperty("FailureDetails", out var details) && details.ValueKind == JsonValueKind.Object ? details : default;
        return new DurableEvent(Text(element, "EventType") ?? "", Time(element, "Timestamp") ?? default)
        {
            Name = Text(element, "FunctionName") ?? Text(element, "Name"),
            InstanceId = Text(element, "InstanceId"),
            Result = Json(element, "Result"),
            FireAt = Time(element, "FireAt"),
            Reason = failure.ValueKind == JsonValueKind.Object ? Text(failure, "ErrorMessage") : Text(element, "Reason"),
            Details = failure.ValueKind == JsonValueKind.Object ? Text(failure, "StackTrace") : Text(element, "Details"),
        };
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Json(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value.GetRawText() : null;

    private static DateTimeOffset? Time(JsonElement element, string name) =>
        DateTimeOffset.TryParse(Text(element, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}
