using System.Text.Json.Serialization;

namespace Serverless.WorkflowApp;

/// <summary>The types of this app's inputs and outputs.</summary>
[JsonSerializable(typeof(Ticket))]
[JsonSerializable(typeof(Ticket[]))]
[JsonSerializable(typeof(GrowingState))]
internal sealed partial class AppJson : JsonSerializerContext;
