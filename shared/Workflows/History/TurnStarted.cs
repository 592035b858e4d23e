namespace Serverless.Components.Workflows.History;

/// <summary>A turn began; its time is what the workflow sees as now.</summary>
/// <remarks>First event of each turn.</remarks>
internal sealed record TurnStarted : HistoryEvent;
