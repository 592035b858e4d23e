namespace Serverless.Components.Workflows.Engine;

/// <summary>The new instance that a rerun makes.</summary>
/// <param name="Execution">Its state after <paramref name="Turn"/>.</param>
/// <param name="Turn">Its first turn: the events are its whole history, the actions all that it waits for.</param>
internal sealed record RerunResult(WorkflowExecution Execution, WorkflowTurn Turn);
