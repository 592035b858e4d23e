namespace Serverless.Components.Workflows.History;

/// <summary>An external event arrived.</summary>
/// <param name="MessageId">Tells one event from a repetition of it.</param>
/// <param name="Name">Its name, in any case.</param>
/// <param name="Payload">What it carries, or null.</param>
internal sealed record EventRaised(string MessageId, string Name, string? Payload) : HistoryEvent;
