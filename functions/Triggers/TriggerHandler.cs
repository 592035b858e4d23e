using Serverless.Components.Registry.Triggers;

namespace Serverless.Functions.Triggers;

/// <summary>Works on one invocation of a generated function; null when it succeeded, else why not.</summary>
internal delegate Task<string?> TriggerHandler(TriggerPayload payload, CancellationToken aborted);
