using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>The end of a triggered invocation.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Status">The handler's status, or null without an answer.</param>
/// <param name="Answer">The JSON object the handler answered, or null.</param>
public sealed record TriggerResult(TriggerOutcome Outcome, int? Status, JsonObject? Answer);
