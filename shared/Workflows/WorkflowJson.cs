using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Serverless.Components.Workflows;

/// <summary>Turns inputs, outputs and payloads into JSON and back, by the types that are known.</summary>
internal sealed class WorkflowJson
{
    private readonly JsonSerializerOptions _options;

    public WorkflowJson(IReadOnlyList<IJsonTypeInfoResolver> resolvers)
    {
        _options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            // As with Dapr's SDK; without it tuples would come out empty.
            IncludeFields = true,
            TypeInfoResolver = JsonTypeInfoResolver.Combine([.. resolvers, WorkflowJsonContext.Default, .. Reflection()]),
        };
        _options.MakeReadOnly();
    }

    /// <summary>The JSON of a value by its own type; null of null.</summary>
    /// <exception cref="NotSupportedException">The type is not known.</exception>
    public string? Write(object? value) => value is null ? null : JsonSerializer.Serialize(value, TypeOf(value.GetType()));

    /// <summary>The JSON of a value by the type its author gave it; null of null.</summary>
    /// <exception cref="NotSupportedException">The type is not known.</exception>
    public string? Write<T>(T value) => value is null ? null : JsonSerializer.Serialize(value, (JsonTypeInfo<T>)TypeOf(typeof(T)));

    /// <summary>A value of its JSON; the type's default of an absent or empty text.</summary>
    /// <exception cref="JsonException">The text is not JSON of this type.</exception>
    /// <exception cref="NotSupportedException">The type is not known.</exception>
    public T? Read<T>(string? text) => string.IsNullOrEmpty(text) ? default : JsonSerializer.Deserialize(text, (JsonTypeInfo<T>)TypeOf(typeof(T)));

    private JsonTypeInfo TypeOf(Type type) => _options.TryGetTypeInfo(type, out var known)
        ? known
        : throw new NotSupportedException(
            $"the type '{type}' is not known to the workflows' JSON: declare it with [JsonSerializable] on a JsonSerializerContext and give that to WorkflowCatalog.UseJson");

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Only where the process says that reflection is there.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Only where the process says that reflection is there.")]
    private static IEnumerable<IJsonTypeInfoResolver> Reflection() => JsonSerializer.IsReflectionEnabledByDefault ? [new DefaultJsonTypeInfoResolver()] : [];
}
