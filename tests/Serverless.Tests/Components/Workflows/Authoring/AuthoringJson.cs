using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.Tests.Components.Workflows.Authoring;

/// <summary>A type of the user's own.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(WorkflowJsonTests.Order))]
[JsonSerializable(typeof((int, string)))]
[JsonSerializable(typeof(WorkflowJsonTests.Plain))]
internal sealed partial class AuthoringJson : JsonSerializerContext;
