using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.Functions.Samples;

/// <summary>The JSON of the samples' own types.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ApprovalDecision))]
[JsonSerializable(typeof(ApprovalRequest))]
[JsonSerializable(typeof(MonitorState))]
[JsonSerializable(typeof(OrderPayload))]
[JsonSerializable(typeof(OrderResult))]
internal sealed partial class SamplesJson : JsonSerializerContext;
