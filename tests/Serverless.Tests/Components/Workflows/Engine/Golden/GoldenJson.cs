using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.Tests.Components.Workflows.Engine.Golden;

/// <summary>Types of the workflows' own.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(JsonPayload))]
internal sealed partial class GoldenJson : JsonSerializerContext;
